// The list of jobs, newest first, updated live.
import { html, useEffect, useMemo, useRef, useState } from './html.js';
import { get, query } from './api.js';
import { go } from './route.js';
import { Bar, Button, Empty, Select, State, Thumb, ErrorMessage } from './parts.js';
import { Icon } from './icons.js';
import { usePoll } from './live.js';
import { about, ago, at, place, since, span, states } from './words.js';

const times = { '': 'Any time', hour: 'Last hour', day: 'Last 24 hours', week: 'Last 7 days', custom: 'Custom range' };
const lengths = { hour: 3600, day: 86400, week: 7 * 86400 };
const page = 50;

export function Jobs({ admin, query: filter }) {
  const [models, setModels] = useState([]);
  const [older, setOlder] = useState({ jobs: [], next: undefined });
  const set = change => go('/console/jobs' + query({ ...filter, ...change }), { replace: true });
  const asked = useMemo(() => ({ state: filter.state, model: filter.model, account: filter.account, words: filter.words,
    limit: page, ...bounds(filter) }), [JSON.stringify(filter)]);
  const { data, error } = usePoll(signal => get('/jobs' + query({ ...asked, ...rolling(filter) }), signal),
    filter.words ? 10000 : 2000, [asked]);

  useEffect(() => { get('/catalog').then(catalog => setModels(catalog.models)).catch(() => {}); }, []);
  useEffect(() => setOlder({ jobs: [], next: undefined }), [asked]);

  const next = older.next === undefined ? data?.next : older.next;
  const newest = data?.jobs ?? [];
  const known = new Set(newest.map(job => job.id));
  const jobs = [...newest, ...older.jobs.filter(job => !known.has(job.id))];
  const filtered = ['state', 'model', 'account', 'time', 'words'].some(name => filter[name]);

  return html`
    <header class="head"><h1>Jobs</h1><${Find} words=${filter.words ?? ''} onWords=${words => set({ words })} /></header>
    <div class="filters" role="group" aria-label="Filters">
      <${States} value=${filter.state} onChange=${state => set({ state })} />
      <${Select} label="Model" hideLabel value=${filter.model ?? ''} onChange=${model => set({ model })}
        options=${[{ value: '', text: 'All models' }, ...models.map(model => ({ value: model.id, text: model.id }))]} />
      ${admin && html`<${Accounts} value=${filter.account ?? ''} onChange=${account => set({ account })} />`}
      <${Select} label="Time" hideLabel value=${filter.time ?? ''}
        onChange=${time => set({ time, from: undefined, until: undefined })}
          options=${Object.entries(times).map(([value, text]) => ({ value, text }))} />
      ${filter.time === 'custom' && html`<span class="between">
        <${Moment} label="From" value=${filter.from} onChange=${from => set({ from })} /> –
        <${Moment} label="Until" value=${filter.until} onChange=${until => set({ until })} /></span>`}
      ${filtered && html`<${Button} kind="quiet" icon="cross" onClick=${() => go('/console/jobs', { replace: true })}>Clear<//>`}
    </div>
    <${ErrorMessage} error=${error} />
    ${data && (jobs.length ? html`<${List} jobs=${jobs} admin=${admin} />`
      : !next && html`<${Empty} icon="jobs" title=${filtered ? 'No matching jobs' : 'No jobs yet'}>
        ${filtered ? 'Change or clear the filters.' : html`Create one in the <a href="/console">playground</a>.`}<//>`)}
    ${data && next && html`<${More} key=${JSON.stringify(asked)}
      load=${() => get('/jobs' + query({ ...asked, ...rolling(filter), before: next }))}
      onLoad=${found => setOlder({ jobs: [...older.jobs, ...(older.next === undefined ? newest : []),
        ...found.jobs].filter(once()), next: found.next ?? null })} empty=${jobs.length === 0} />`}`;
}

const Moment = ({ label, value, onChange }) => html`<label><span class="unseen">${label}</span>
  <input type="datetime-local" value=${value ?? ''} onChange=${event => onChange(event.target.value)} /></label>`;

/** Every form of an id: a number, a UUID, 32 hexadecimal digits, with `video_`, or 26 letters and digits. */
const id = /^(\d{1,18}|(video_)?[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|[0-9a-hjkmnp-tv-z]{26})$/;

/** Opens a job by its id, or finds jobs by words of their prompts. */
function Find({ words, onWords }) {
  const find = event => {
    event.preventDefault();
    const text = event.target.text.value.trim();
    if (id.test(text)) go(`/console/jobs/${encodeURIComponent(text)}`);
    else onWords(text || undefined);
  };
  return html`<form class="find" role="search" onSubmit=${find}><${Icon} name="search" size="18" />
    <input name="text" type="search" key=${words} defaultValue=${words} maxlength="200" aria-label="Find jobs by prompt or id"
      placeholder="Words of a prompt, or an id" autocomplete="off" spellcheck="false" /></form>`;
}

function States({ value, onChange }) {
  const chosen = new Set((value ?? '').split(',').filter(Boolean));
  const flip = state => {
    chosen.has(state) ? chosen.delete(state) : chosen.add(state);
    onChange([...chosen].join(',') || undefined);
  };
  return html`<div class="chips" role="group" aria-label="States">${Object.entries(states).map(([state, text]) => html`
    <button type="button" class="chip" key=${state} aria-pressed=${chosen.has(state)} onClick=${() => flip(state)}>
      ${text}</button>`)}</div>`;
}

function Accounts({ value, onChange }) {
  const [accounts, setAccounts] = useState([]);
  useEffect(() => { get('/admin/accounts').then(found => setAccounts(found.accounts)).catch(() => {}); }, []);
  return html`<${Select} label="Account" hideLabel value=${value} onChange=${onChange}
    options=${[{ value: '', text: 'All accounts' },
      ...accounts.map(account => ({ value: account.name, text: account.name }))]} />`;
}

// On phones CSS turns the table into cards, which removes its roles, so they are set explicitly.
const List = ({ jobs, admin }) => html`<table class="list jobs" role="table">
  <caption class="unseen">Jobs, newest first</caption>
  <thead role="rowgroup"><tr role="row">
    <th role="columnheader" class="film"><span class="unseen">Video</span></th><th role="columnheader">Job</th>
    <th role="columnheader">Model</th>${admin && html`<th role="columnheader">Account</th>`}
    <th role="columnheader">State</th><th role="columnheader" class="num">Created</th></tr></thead>
  <tbody role="rowgroup">${jobs.map(job => html`<${Row} key=${job.id} job=${job} admin=${admin} />`)}</tbody>
</table>`;

function Row({ job, admin }) {
  const open = event => { if (!event.target.closest('a, button')) go(`/console/jobs/${job.id}`); };
  const { live } = job;
  return html`<tr role="row" onClick=${open}>
    <td role="cell" class="film"><${Thumb} job=${job} /></td>
    <td role="cell" class="what"><a href=${`/console/jobs/${job.id}`}>${job.id}</a>
      <p>${job.prompt || html`<span class="faint">No prompt</span>`}</p></td>
    <td role="cell" class="model"><span>${job.model}</span>
      <small>${job.video.width}×${job.video.height}, ${span(job.video.seconds)}</small></td>
    ${admin && html`<td role="cell" class="account" title=${job.account.name}>${job.account.name}</td>`}
    <td role="cell" class="how"><${State} state=${job.state} />
      ${live?.state === 'running' && html`
        <${Bar} done=${live.done} total=${live.tasks} label=${`Progress of job ${job.id}`} /><small>${running(live)}</small>`}
      ${live?.state === 'queued' && html`<small>${queued(live)}</small>`}
      ${job.state === 'completed' && html`<small>in ${span(since(job.started_at, job.ended_at))}</small>`}
      ${job.error && html`<small class="why" title=${job.error.message}>${job.error.message}</small>`}</td>
    <td role="cell" class="num when">
      <time datetime=${job.created_at} title=${at(job.created_at)}>${ago(job.created_at)}</time></td>
  </tr>`;
}

const running = live => live.remaining == null ? 'taking longer than usual' : `${about(live.remaining)} left`;

const queued = live => live.unavailable ? 'no worker can run this model now'
  : `${place(live.queue_position)} in line${live.remaining == null ? '' : `, ${about(live.remaining)}`}`;

/** Loads the next page when it becomes visible. A page can be empty and still have a next one. */
function More({ load, onLoad, empty }) {
  const box = useRef();
  const latest = useRef();
  const [busy, setBusy] = useState(false);
  latest.current = async () => {
    if (busy) return;
    setBusy(true);
    try {
      onLoad(await load());
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => {
    const watch = new IntersectionObserver(entries => entries.some(entry => entry.isIntersecting) && latest.current(),
      { rootMargin: '300px' });
    watch.observe(box.current);
    return () => watch.disconnect();
  });
  return html`<div class="older" ref=${box}>
    <${Button} kind="quiet" busy=${busy} onClick=${() => latest.current()}>
      ${empty ? 'Searching older jobs …' : 'Older jobs'}<//></div>`;
}

/** A custom range is fixed; a relative one is recalculated for each request. */
const bounds = filter => filter.time === 'custom' ? { from: instant(filter.from), until: instant(filter.until) } : {};
const rolling = filter => lengths[filter.time] ? { from: new Date(Date.now() - lengths[filter.time] * 1000).toISOString() } : {};
const instant = local => local && !isNaN(Date.parse(local)) ? new Date(local).toISOString() : undefined;

const once = () => {
  const seen = new Set();
  return job => !seen.has(job.id) && seen.add(job.id);
};
