// The playground's form.
import { html, useEffect, useRef, useState } from './html.js';
import { post } from './api.js';
import { Batch, most, requestsOf } from './batch.js';
import { Estimate, useDryRun } from './estimate.js';
import { examples } from './examples.js';
import { fieldsOf, layout, maxBytesOf, maxSeconds, missing, putInto, sizeOf, worded } from './form.js';
import { Fold } from './fold.js';
import { Field, Heights, Sizes, titleOf } from './fields.js';
import { Drop, mediaTitle, take } from './media.js';
import { ModelChoice } from './model.js';
import { fieldFor, usePaste } from './paste.js';
import { Button, Choice, Select, notice } from './parts.js';
import { Presets } from './presets.js';
import { go } from './route.js';
import { mediumOf } from './reuse.js';
import { Icon } from './icons.js';
import { kinds, money } from './words.js';

/** Fields about the job and not its video. */
const ofJob = new Set(['priority', 'enable_safety_checker']);

const newKey = () => crypto.randomUUID?.() ?? String(Math.random());

export function Form({ catalog, model, form, change, onJob, may, round, account }) {
  const { values, media } = form;
  const { media: places, main, more } = layout(model);
  const fields = fieldsOf(model, values, media);
  const lacks = missing(model, values, media);
  const sending = Object.values(media).some(medium => medium?.sending);
  const requests = requestsOf(fields, values);
  const complete = lacks.length === 0 && !sending && !model.not_allowed;
  const plan = useDryRun(model, values.lines ? { ...fields, prompt: requests[0].prompt } : fields, complete, round);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState(null);
  const [tried, setTried] = useState(0);
  const box = useFocusOnProblem(tried);
  const problem = refused ?? plan.refused;
  const known = new Set([...places, ...main, ...more].map(field => field.name));
  const ofField = known.has(problem?.field);
  const titles = field => field.type === 'media' ? mediaTitle(field, places) : titleOf(field);
  const problemOf = field => !tried ? null
    : problem?.field === field.name ? worded(problem, titles(field))
    : lacks.includes(field.name) ? 'This field is required.' : null;

  const set = (name, value) => {
    setRefused(null);
    change(before => ({ values: { ...before.values, [name]: value } }));
  };
  const put = name => (medium, of) => {
    setRefused(null);
    putInto(change, name)(medium, of);
  };
  const maxBytes = field => maxBytesOf(catalog, field);
  const takeFor = field => file => take(file, field, maxBytes(field), put(field.name));
  const jobFor = field => job => mediumOf(job, field.media).then(
    put(field.name), refused => notice(refused.message, 'bad'));
  usePaste(file => {
    const to = fieldFor(file, places, media);
    if (to) takeFor(to)(file);
    return Boolean(to);
  });

  const send = async event => {
    event?.preventDefault();
    setTried(times => times + 1);
    if (busy || sending || lacks.length || requests.length > most) return;
    setBusy(true);
    const made = [];
    try {
      for (const request of requests)
        made.push(await post(`/models/${model.id}/jobs`, request, { headers: { 'Idempotency-Key': newKey() } }));
      setTried(0);
    } catch (error) {
      setRefused(error);
    }
    setBusy(false);
    if (made.length === 1) {
      onJob(made[0].id);
      document.querySelector('.stage')?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
    } else if (made.length) {
      go(`/console/compare?jobs=${made.map(job => job.id)}`);
    }
  };
  const reset = () => { setRefused(null); setTried(0); change({ values: {}, media: {} }); };
  const pick = id => { setRefused(null); setTried(0); change({ model: id }); };
  const shown = field => html`<${Field} key=${field.name} field=${field} value=${values[field.name]}
    max=${field.name === 'duration' ? maxSeconds(model, values) : undefined}
    onChange=${value => set(field.name, value)} problem=${problemOf(field)} />`;
  const named = name => main.filter(field => field.name === name).map(shown);
  const enter = event => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && send(event);
  const { price } = plan.run ?? {};
  const charge = price?.charged ? ` · ${money(price.amount * requests.length, price.currency)}` : '';
  const label = requests.length > 1 ? `Generate ${requests.length} videos` : 'Generate';

  return html`<form class="card ask-form" ref=${box} onSubmit=${send} onKeyDown=${enter} novalidate>
    <${Models} catalog=${catalog} model=${model} account=${account} onChange=${pick} />
    ${places.length > 0 && html`<div class="places" data-pair=${isPair(places) ? '' : undefined}>${places.map(field => html`
      <${Drop} key=${field.name} field=${field} title=${mediaTitle(field, places)} medium=${media[field.name]}
        maxBytes=${maxBytes(field)} onTake=${takeFor(field)} onJob=${jobFor(field)} onRemove=${() => put(field.name)(undefined)}
        problem=${problemOf(field)} />`)}</div>`}
    ${named('prompt')}
    ${!values.prompt && examples[model.kind] && html`<div class="ideas" role="group" aria-label="Examples">
      ${examples[model.kind].map(text => html`<button type="button" class="chip" key=${text}
        onClick=${() => set('prompt', text)}>${text.split(',')[0]}</button>`)}</div>`}
    ${model.sizes.length > 0
      && html`<${Sizes} sizes=${model.sizes} value=${sizeOf(model, values)} onChange=${size => set('size', size)} />`}
    ${main.some(field => field.name === 'height')
      && html`<${Heights} heights=${model.heights} value=${values.height} onChange=${height => set('height', height)} />`}
    ${named('duration')}
    <${Fold} class="more" title="More settings" open=${more.some(problemOf)}>${() => html`
      <div class="more-fields">
        ${more.some(field => !ofJob.has(field.name)) && html`<h2>Video</h2>`}
        ${more.filter(field => !ofJob.has(field.name)).map(shown)}
        <h2>Job</h2><${Draft} value=${values.draft} onChange=${value => set('draft', value)} />
        ${more.filter(field => ofJob.has(field.name)).map(shown)}</div>`}<//>
    <${Batch} values=${values} set=${set} />
    ${may && html`<${Presets} catalog=${catalog} form=${form} model=${model} change=${change} />`}
    <div class="send">
      ${requests.length > most
        && html`<p class="problem" role="alert">This makes ${requests.length} videos; the maximum is ${most}.</p>`}
      <${Estimate} plan=${plan} lacks=${lacks} problem=${ofField ? null : problem} invalid=${ofField}
        served=${catalog.lanes.find(lane => lane.id === model.lane)?.slots} />
      ${may ? html`<div class="send-buttons">
          ${isChanged(form) && html`<${Button} onClick=${reset}>Reset<//>`}
          <${Button} type="submit" kind="main" icon="play" busy=${busy}
            disabled=${sending || Boolean(model.not_allowed) || requests.length > most}>${label}${charge}<//></div>`
        : html`<p class="help">This key does not have the scope submit, which is required to create jobs.</p>`}
    </div>
  </form>`;
}

const isChanged = ({ values, media }) =>
  [...Object.values(values), ...Object.values(media)].some(value => value !== undefined && value !== '');

/** The first and the last frame are shown side by side. */
const isPair = places => places.length === 2 && places.every(field => field.media[0] === 'picture');

/** After each attempt to send, the first field with a problem gets the focus. */
function useFocusOnProblem(tried) {
  const box = useRef();
  useEffect(() => {
    if (tried) box.current?.querySelector('[aria-invalid=true], [data-bad] input')?.focus();
  }, [tried]);
  return box;
}

const drafts = [
  { value: '', text: 'Plan default' }, { value: 'true', text: 'Make a draft' },
  { value: 'approve', text: 'Make a draft and wait for approval' }, { value: 'false', text: 'No draft' },
];

const Draft = ({ value, onChange }) => html`<div class="field">
  <${Select} label="Draft first" value=${value ?? ''} options=${drafts}
    onChange=${chosen => onChange({ '': undefined, true: true, false: false }[chosen] ?? chosen)} />
  <span class="help">A quick draft of the video, ready within seconds.</span></div>`;

function Models({ catalog, model, account, onChange }) {
  const present = [...new Set(catalog.models.map(model => model.kind))];
  const pick = kind => {
    const found = catalog.models.filter(each => each.kind === kind);
    onChange((found.find(each => each.tier === model.tier) ?? found[0]).id);
  };
  return html`
    <${Choice} name="kind" legend="Input" hideLegend value=${model.kind} onChange=${pick}
      options=${present.map(kind => ({ value: kind, text: kinds[kind]?.short ?? kind, icon: kinds[kind]?.icon }))} />
    <${ModelChoice} catalog=${catalog} model=${model} account=${account} onChange=${onChange} />
    ${model.not_allowed && html`<p class="trouble"><${Icon} name="warn" size="18" />${model.not_allowed}</p>`}`;
}
