// The playground: the form, the running job and the latest videos.
import { html, useEffect, useState } from './html.js';
import { get, query } from './api.js';
import { go } from './route.js';
import { Form } from './askform.js';
import { Fold } from './fold.js';
import { Icon } from './icons.js';
import { lazily } from './lazy.js';
import { fieldsOf, fromInput, maxBytesOf, putInto } from './form.js';
import { kindOf, take } from './media.js';
import { Thumb, ErrorMessage, notice } from './parts.js';
import { Stage } from './stage.js';
import { usePoll } from './live.js';
import { draggable, lastFrameOf, takeOver } from './reuse.js';
import { savedForm, saveForm } from './saved.js';
import { start } from './start.js';

const Code = lazily(() => import('./snippets.js'), 'Code');
const codeTitle = html`<${Icon} name="code" size="18" />Code`;

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
  useEffect(() => { if (job && !asked.video && !asked.job && !asked.continue) setJob(job); }, [job, asked.video]);

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
      else notice(`The model ${detail.job.model} is not available.`, 'bad');
    }, refused => notice(refused.message, 'bad'));
  }, [catalog, asked.job]);

  // A file that was pasted on another page.
  useEffect(() => {
    const file = catalog && takeOver();
    if (!file) return;
    const found = fieldFor(catalog, form, kindOf(file));
    if (!found) return notice('No model accepts this file.', 'bad');
    change({ model: found.model.id });
    take(file, found.field, maxBytesOf(catalog, found.field), putInto(change, found.field.name));
  }, [catalog]);
  useEffect(() => {
    if (!catalog || !asked.continue) return;
    go(job ? `/console?video=${job}` : '/console', { replace: true });
    lastFrameOf(Number(asked.continue)).then(frame => change(before => withMedium(catalog, before, frame)),
      refused => notice(refused.message, 'bad'));
  }, [catalog, asked.continue]);

  if (error) return html`<${ErrorMessage} error=${error} />`;
  if (!catalog) return null;
  const model = catalog.models.find(model => model.id === form.model) ?? catalog.models[0];
  return html`
    <h1 class="unseen">Playground</h1>
    <div class="playground">
      <${Form} catalog=${catalog} model=${model} form=${form} change=${change} onJob=${setJob}
        may=${who.scopes.includes('submit')} round=${round} account=${who.account.id} />
      <div class="scene">
        <${Stage} id=${job} who=${who} onJob=${setJob} onEnd=${() => setRound(round + 1)} />
        <${Mine} who=${who} shown=${job} onPick=${setJob} />
        <${Fold} class="card snippets" title=${codeTitle}>${() => html`
          <${Code} model=${model} fields=${fieldsOf(model, form.values, form.media)} media=${form.media} />`}<//>
      </div>
    </div>`;
}

/** The first field for a kind of medium, of another model if the chosen one has none; null if no model has one. */
function fieldFor(catalog, form, kind) {
  const fieldOf = model => model?.parameters.find(field => field.type === 'media' && field.media.includes(kind));
  const chosen = catalog.models.find(model => model.id === form.model) ?? catalog.models[0];
  const model = [chosen, ...catalog.models.filter(model => !model.not_allowed)].find(fieldOf);
  return model ? { model, field: fieldOf(model) } : null;
}

function withMedium(catalog, form, medium) {
  const found = fieldFor(catalog, form, medium.kind);
  return found ? { model: found.model.id, media: { ...form.media, [found.field.name]: medium } } : {};
}

/** The user's latest jobs. */
function Mine({ who, shown, onPick }) {
  const { data } = usePoll(signal => get(`/jobs${query({ limit: 12, account: who.account.id })}`, signal), 3000, [shown]);
  if (!data?.jobs.length) return null;
  return html`<section class="mine" aria-labelledby="mine">
    <header><h2 id="mine">Recent videos</h2><a href="/console/gallery">Gallery</a></header>
    <ul>${data.jobs.map(job => html`<li key=${job.id}>
      <button type="button" ...${job.video_url ? draggable(job) : {}} aria-pressed=${job.id === shown}
        onClick=${() => onPick(job.id)} aria-label=${`Job ${job.id}, ${job.state}: ${job.prompt || job.model}`}>
        <${Thumb} job=${job} /></button></li>`)}</ul></section>`;
}
