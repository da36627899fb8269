// The playground: a form with price and wait, and the running job.
import { html, useEffect, useMemo, useRef, useState } from './html.js';
import { get, post, query } from './api.js';
import { go } from './route.js';
import { fieldsOf, fromInput, layout, maxSeconds, missing, sizeOf } from './form.js';
import { Field, Heights, Sizes } from './fields.js';
import { Drop, kindOf, take } from './media.js';
import { Button, Choice, Select, Thumb, ErrorMessage, notice } from './parts.js';
import { Icon } from './icons.js';
import { Stage } from './stage.js';
import { Snippets } from './snippets.js';
import { usePoll } from './live.js';
import { savedForm, saveForm } from './saved.js';
import { start } from './start.js';
import { about, kinds, label, money, place, span } from './words.js';

const ideas = [
  'A paper boat drifting on a calm sea at sunset, golden light, gentle waves',
  'Neon signs mirrored in a rainy street at night, slow camera move',
  'A fox walking through tall grass in morning fog',
];

// Kept while other pages are open; a reload continues with what was saved.
let draft = { account: null, form: null, job: null };

export function Playground({ who, query: asked }) {
  const [catalog, setCatalog] = useState(start.catalog);
  const [error, setError] = useState(null);
  const [form, setForm] = useState(() => draft.account === who.account.id ? draft.form : savedForm(who.account.id));
  const job = asked.video ? Number(asked.video) : draft.account === who.account.id ? draft.job : null;
  const setJob = id => go(`/console?video=${id}`, { replace: true });
  // Counts finished jobs, because each one can change the time estimates.
  const [round, setRound] = useState(0);
  const change = next => setForm(before => ({ ...before, ...(typeof next === 'function' ? next(before) : next) }));
  draft = { account: who.account.id, form, job };
  useEffect(() => saveForm(who.account.id, form), [form]);
  useEffect(() => { if (job && !asked.video && !asked.job) setJob(job); }, [job, asked.video]);

  // The page contains the catalog; it is used once.
  useEffect(() => {
    if (start.catalog) start.catalog = null;
    else get('/catalog').then(setCatalog, setError);
  }, []);
  useEffect(() => {
    if (!catalog || !asked.job) return;
    go(job ? `/console?video=${job}` : '/console', { replace: true });
    get(`/jobs/${asked.job}`).then(detail => {
      const model = catalog.models.find(model => model.id === detail.job.model);
      if (model) change({ model: model.id, ...fromInput(model, detail.input, detail.media) });
    }, refused => notice(refused.message, 'bad'));
  }, [catalog, asked.job]);

  if (error) return html`<${ErrorMessage} error=${error} />`;
  if (!catalog) return null;
  const model = catalog.models.find(model => model.id === form.model) ?? catalog.models[0];
  return html`
    <h1 class="unseen">Playground</h1>
    <div class="playground">
      <${Form} catalog=${catalog} model=${model} form=${form} change=${change} onJob=${setJob} may=${who.scopes.includes('submit')} round=${round} />
      <div class="scene">
        <${Stage} id=${job} onJob=${setJob} onEnd=${() => setRound(round + 1)} />
        <${Mine} who=${who} shown=${job} onPick=${setJob} />
        <${Snippets} model=${model} fields=${fieldsOf(model, form.values, form.media)} media=${form.media} />
      </div>
    </div>`;
}

function Form({ catalog, model, form, change, onJob, may, round }) {
  const { values, media } = form;
  const { media: places, main, more } = layout(model);
  const fields = fieldsOf(model, values, media);
  const lacks = missing(model, values, media);
  const sending = Object.values(media).some(medium => medium?.sending);
  const plan = useDryRun(model, fields, lacks.length === 0 && !sending && !model.not_allowed, round);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState(null);
  const [tried, setTried] = useState(false);
  const problem = refused ?? plan.refused;
  const problemOf = name => problem?.field === name ? problem.message : tried && lacks.includes(name) ? 'This field is required.' : null;

  const set = (name, value) => {
    setRefused(null);
    change(before => ({ values: { ...before.values, [name]: value } }));
  };
  // Results for a file that was replaced are ignored.
  const put = name => (medium, of) => {
    setRefused(null);
    change(before => of && before.media[name]?.url !== of ? {} : { media: { ...before.media, [name]: medium } });
  };
  const maxBytes = field => field.media.every(kind => kind === 'picture') ? catalog.media_bytes : catalog.upload_bytes;
  const takeFor = field => file => take(file, field, maxBytes(field), put(field.name));
  usePaste(places, media, takeFor);

  const send = async event => {
    event?.preventDefault();
    setTried(true);
    if (busy || sending || lacks.length) return;
    setBusy(true);
    try {
      const made = await post(`/models/${model.id}/jobs`, fields, { headers: { 'Idempotency-Key': crypto.randomUUID?.() ?? String(Math.random()) } });
      onJob(made.id);
      document.querySelector('.stage')?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
    } catch (error) {
      setRefused(error);
    }
    setBusy(false);
  };

  return html`<form class="card ask-form" onSubmit=${send} onKeyDown=${event => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && send(event)} novalidate>
    <${Models} catalog=${catalog} model=${model} onChange=${id => { setRefused(null); change({ model: id }); }} />
    ${places.filter(field => field.required).map(field => html`<${Drop} key=${field.name} field=${field} medium=${media[field.name]} maxBytes=${maxBytes(field)}
      onTake=${takeFor(field)} onRemove=${() => put(field.name)(undefined)} problem=${problemOf(field.name)} />`)}
    ${main.filter(field => field.name === 'prompt').map(field => html`<${Field} key="prompt" field=${field} value=${values.prompt} onChange=${value => set('prompt', value)} problem=${problemOf('prompt')} />`)}
    ${model.kind === 'text-to-video' && !values.prompt && html`<div class="ideas">${ideas.map(idea => html`<button type="button" class="chip" key=${idea} onClick=${() => set('prompt', idea)}>${idea.split(',')[0]}</button>`)}</div>`}
    ${model.sizes.length > 0 && html`<${Sizes} sizes=${model.sizes} value=${sizeOf(model, values)} onChange=${size => set('size', size)} />`}
    ${main.some(field => field.name === 'height') && html`<${Heights} heights=${model.heights} value=${values.height} onChange=${height => set('height', height)} />`}
    ${main.filter(field => field.name === 'duration').map(field => html`<${Field} key="duration" field=${field} value=${values.duration} max=${maxSeconds(model, values)} onChange=${value => set('duration', value)} problem=${problemOf('duration')} />`)}
    <details class="more" open=${more.some(field => problem?.field === field.name) || undefined}>
      <summary>More settings<${Icon} name="down" size="16" /></summary>
      <div class="more-fields">
        ${places.filter(field => !field.required).map(field => html`<${Drop} key=${field.name} field=${field} medium=${media[field.name]} maxBytes=${maxBytes(field)}
          onTake=${takeFor(field)} onRemove=${() => put(field.name)(undefined)} problem=${problemOf(field.name)} />`)}
        <${Draft} value=${values.draft} onChange=${value => set('draft', value)} />
        ${more.map(field => html`<${Field} key=${field.name} field=${field} value=${values[field.name]} onChange=${value => set(field.name, value)} problem=${problemOf(field.name)} />`)}
      </div>
    </details>
    <div class="send">
      <${Estimate} plan=${plan} lacks=${lacks} problem=${problem} served=${catalog.lanes.find(lane => lane.id === model.lane)?.slots} />
      ${may ? html`<${Button} type="submit" kind="main" icon="play" busy=${busy} disabled=${sending || Boolean(model.not_allowed)}>Generate${plan.run?.price?.charged ? ` · ${money(plan.run.price.amount, plan.run.price.currency)}` : ''}<//>`
        : html`<p class="help">This key does not have the scope submit, which is required to create jobs.</p>`}
    </div>
  </form>`;
}

const Draft = ({ value, onChange }) => html`<div class="field"><${Select} label="Draft first" value=${value ?? ''} onChange=${chosen => onChange({ '': undefined, true: true, false: false }[chosen] ?? chosen)}
    options=${[{ value: '', text: 'Plan default' }, { value: 'true', text: 'Make a draft' }, { value: 'approve', text: 'Make a draft and wait for approval' }, { value: 'false', text: 'No draft' }]} />
  <span class="help">A quick draft of the video, ready within seconds.</span></div>`;

function Models({ catalog, model, onChange }) {
  const present = [...new Set(catalog.models.map(model => model.kind))];
  const ofKind = catalog.models.filter(each => each.kind === model.kind);
  const groups = [...new Set(ofKind.map(each => each.title))].map(title => ({
    title, options: ofKind.filter(each => each.title === title).map(each => ({ value: each.id, text: `${each.id} · ${each.tier}` })),
  }));
  const pick = kind => onChange(catalog.models.find(each => each.kind === kind && each.tier === model.tier)?.id ?? catalog.models.find(each => each.kind === kind).id);
  return html`
    <${Choice} name="kind" legend="Input" hideLegend value=${model.kind} onChange=${pick}
      options=${present.map(kind => ({ value: kind, text: kinds[kind].short, icon: kinds[kind].icon }))} />
    <${Select} label="Model" groups=${groups} value=${model.id} onChange=${onChange} />
    ${model.not_allowed && html`<p class="trouble"><${Icon} name="warn" size="18" />${model.not_allowed}</p>`}`;
}

/** Requests a dry run shortly after the last change. */
function useDryRun(model, fields, ready, round) {
  const [state, setState] = useState({ run: null, refused: null });
  const key = ready ? JSON.stringify([model.id, fields, round]) : null;
  useEffect(() => {
    if (!key) return setState({ run: null, refused: null });
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        setState({ run: await post(`/models/${model.id}/jobs?dry_run=true`, fields, { signal: stop.signal }), refused: null });
      } catch (error) {
        if (!stop.signal.aborted) setState({ run: null, refused: error });
      }
    }, 350);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [key]);
  return state;
}

function Estimate({ plan, lacks, problem, served }) {
  if (problem) return html`<p class="problem" role="alert">${problem.message}</p>`;
  if (lacks.length) return html`<p class="help">Add ${lacks.map(name => ({ data_uri: 'an image', audio_uri: 'audio', prompt: 'a prompt' })[name] ?? label(name).toLowerCase()).join(' and ')} to see price and wait.</p>`;
  if (!plan.run) return html`<p class="help">Calculating …</p>`;
  const { video, price, queue_position, etaSeconds, estimated_total_time_seconds: run } = plan.run;
  return html`<dl class="outlook">
    <div><dt>Video</dt><dd>${video.width}×${video.height}, ${span(video.seconds)}</dd></div>
    <div title="Per started 5 seconds of generated frames, at the model's own frame rate"><dt>Price</dt><dd>${price?.charged ? money(price.amount, price.currency) : 'Free'}</dd></div>
    <div><dt>Starts</dt><dd>${served === 0 || etaSeconds == null ? 'when a worker is available' : queue_position === 0 && etaSeconds - run < 2 ? 'now' : `${place(queue_position)} in line, in ${about(etaSeconds - run)}`}</dd></div>
    <div><dt>Ready</dt><dd>${etaSeconds == null ? '–' : `in about ${about(etaSeconds)}`}</dd></div>
  </dl>`;
}

/** A pasted file goes to the first empty field that accepts its type. */
function usePaste(places, media, takeFor) {
  const latest = useRef();
  latest.current = { places, media, takeFor };
  useEffect(() => {
    const paste = event => {
      const file = [...event.clipboardData?.files ?? []][0];
      if (!file) return;
      const { places, media, takeFor } = latest.current;
      const fits = places.filter(field => field.media.includes(kindOf(file)));
      const to = fits.find(field => !media[field.name]) ?? fits[0];
      if (!to) return;
      event.preventDefault();
      takeFor(to)(file);
    };
    addEventListener('paste', paste);
    return () => removeEventListener('paste', paste);
  }, []);
}

/** The user's latest jobs. */
function Mine({ who, shown, onPick }) {
  const { data } = usePoll(signal => get(`/jobs${query({ limit: 12, account: who.account.id })}`, signal), 3000, [shown]);
  if (!data?.jobs.length) return null;
  return html`<section class="mine" aria-labelledby="mine"><header><h2 id="mine">Recent videos</h2><a href="/console/jobs">All jobs</a></header>
    <ul>${data.jobs.map(job => html`<li key=${job.id}><button type="button" aria-pressed=${job.id === shown} onClick=${() => onPick(job.id)}
      aria-label=${`Job ${job.id}, ${job.state}: ${job.prompt || job.model}`}><${Thumb} job=${job} /></button></li>`)}</ul></section>`;
}
