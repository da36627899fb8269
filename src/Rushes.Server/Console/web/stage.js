// A job's position, progress and video.
import { html, useEffect, useRef, useState } from './html.js';
import { post } from './api.js';
import { useAway } from './connection.js';
import { useJob, useNow } from './live.js';
import { Fold } from './fold.js';
import { lazily } from './lazy.js';
import { ActionButton, Bar, Choice, Copy, Empty, IconButton, State, ErrorMessage } from './parts.js';
import { Favorite } from './tags.js';
import { go } from './route.js';
import { notifyEnd } from './notify.js';
import { Icon } from './icons.js';
import { about, isLive, money, place, progress, since, span } from './words.js';

const Log = lazily(() => import('./log.js'), 'Log');
const ShareDialog = lazily(() => import('./share.js'), 'ShareDialog');

/** The job in the playground, with actions. */
export function Stage({ id, who, onJob, onEnd }) {
  const { detail, live, error, reload } = useJob(id);
  const ended = detail && !isLive(detail.job.state);
  const running = useRef(null);
  const [view, setView] = useState('video');
  const steps = useSteps(id, live);
  useEffect(() => {
    if (!detail) return;
    if (!ended) running.current = id;
    else {
      onEnd();
      if (running.current === id) notifyEnd(detail.job);
      running.current = null;
    }
  }, [id, ended]);
  if (!id) return html`<section class="card stage">
    <${Empty} icon="film" title="Your video plays here">Describe it and press <b>Generate</b>.<//></section>`;
  if (error && !detail) return html`<section class="card stage"><${ErrorMessage} error=${error} /></section>`;
  if (!detail) return html`<section class="card stage" aria-busy="true"><div class="screen" /></section>`;

  const { job } = detail;
  const state = live?.state ?? job.state;
  return html`<section class="card stage" aria-label=${`Job ${job.id}`}>
    <header class="top"><${State} state=${state} />
      <a class="number" href=${`/console/jobs/${job.id}`}>Job ${job.id}</a><small>${cost(job)}</small><span class="gap" />
      ${ended && html`<${Choice} name="view" legend="View" hideLegend value=${view} onChange=${setView} options=${views} />`}
    </header>
    ${ended && view === 'json' ? html`<${Json} detail=${detail} />` : html`<${Screen} detail=${detail} live=${live} />`}
    <${StageActions} detail=${detail} state=${state} own=${job.account.id === who.account.id} onJob=${onJob} reload=${reload} />
    <${Fold} class="more" title="Log">${() => html`<${Log} detail=${detail} steps=${steps} />`}<//>
  </section>`;
}

/** The progress of the job's run while it was shown, with times. */
function useSteps(id, live) {
  const known = useRef({ id, steps: [] });
  if (known.current.id !== id) known.current = { id, steps: [] };
  const { steps } = known.current;
  const title = live?.state === 'running' && live.tasks ? progress(live) : null;
  if (title && steps.at(-1)?.title !== title) steps.push({ at: new Date().toISOString(), title });
  return steps;
}

const views = [{ value: 'video', text: 'Video' }, { value: 'json', text: 'JSON' }];

/** What a finished job took: run time and price. */
const cost = job => job.state !== 'completed' ? ''
  : [job.started_at && span(since(job.started_at, job.ended_at)), job.price && money(job.price, job.currency)]
    .filter(Boolean).join(' · ');

/** The job as data, as far as its API returns it. */
function Json({ detail }) {
  const { job, input, result } = detail;
  const { id, uuid, model, state, video, error, created_at, started_at, ended_at } = job;
  const text = JSON.stringify({ id, uuid, model, state, input, video, result, error, created_at, started_at, ended_at }, null, 2);
  return html`<div class="code stage-json"><${Copy} text=${text} name="Copy JSON" />
    <pre tabindex="0" aria-label="The job as JSON"><code>${text}</code></pre></div>`;
}

function StageActions({ detail, state, own, onJob, reload }) {
  const { job, result } = detail;
  const [sharing, setSharing] = useState(false);
  const again = seed => async () => onJob((await post(`/jobs/${job.id}/again${seed}`)).id);
  return html`<div class="under">
    ${state === 'awaiting' && html`<${ActionButton} kind="main" icon="check"
      run=${async () => { await post(`/jobs/${job.id}/approve`); reload(); }}>Approve<//>`}
    ${isLive(state)
      && html`<${ActionButton} icon="stop" run=${() => post(`/jobs/${job.id}/cancel`)} disabled=${job.stopping}>Cancel<//>`}
    ${result?.url && html`<a class="button plain" href=${result.url} download=${`rushes-${job.id}.mp4`}>
      <${Icon} name="download" size="18" /><span>Download</span></a>`}
    ${!isLive(job.state) && html`<${ActionButton} icon="dice" run=${again('?seed=new')}>
        ${job.state === 'completed' ? 'New variation' : 'Retry'}<//>
      <span class="gap" /><span class="tools">
        <${IconButton} icon="film" name="Use these settings" onClick=${() => go(`/console?job=${job.id}`)} />
        ${result?.url && own && html`
          <${IconButton} icon="next" name="Continue from the last frame" onClick=${() => go(`/console?continue=${job.id}`)} />
          <${IconButton} icon="share" name="Share" onClick=${() => setSharing(true)} />
          <${Favorite} key=${job.id} id=${job.id} tags=${detail.tags} onChange=${reload} />`}</span>`}
    ${sharing && html`<${ShareDialog} id=${job.id} onClose=${() => setSharing(false)} />`}
  </div>`;
}

/** The finished video, or the progress. */
export function Screen({ detail, live }) {
  const { job } = detail;
  const state = live?.state ?? job.state;
  const shape = { aspectRatio: `${job.video.width} / ${job.video.height}` };
  return html`<div class="screen" style=${shape} data-state=${state}>
    ${state === 'completed' ? html`<${Video} detail=${detail} />`
      : isLive(state) ? html`<${Progress} job=${job} live=${live ?? job.live} stopping=${job.stopping} />`
      : html`<div class="ended"><${State} state=${state} />
          <p>${job.error?.message ?? 'The job was cancelled.'}</p>${job.error && html`<code>${job.error.code}</code>`}</div>`}
  </div>`;
}

const Video = ({ detail }) => detail.result === undefined ? null
  : detail.result.url ? html`<video key=${detail.job.id} src=${detail.result.url} controls autoplay loop playsinline
    aria-label=${`The video of job ${detail.job.id}`} />`
  : html`<div class="ended"><p>This video has been deleted.</p></div>`;

function Progress({ job, live, stopping }) {
  const now = useNow(true);
  const heard = useRef({ live, at: now });
  if (heard.current.live !== live) heard.current = { live, at: now };
  // The estimate counts down between two events of the stream.
  const left = live?.remaining == null ? null : Math.max(0, live.remaining - (now - heard.current.at) / 1000);
  const running = live?.state === 'running';
  const away = useAway();
  return html`<div class="coming">
    <${Preview} job=${job} live=${live} />
    <div class="words" aria-live="polite">
      <p class="big">${stopping ? 'Stopping …' : phase(live)}</p>
      ${live?.state !== 'awaiting' && html`<${Bar} done=${running ? live.done : 0} total=${running ? live.tasks : 0}
        label="Progress" />`}
      <p class="small">${away && live?.state !== 'awaiting' ? 'The gateway does not respond now' : ready(live, left)}
        ${running && live.started_at ? ` · running for ${span(Math.max(0, now - Date.parse(live.started_at)) / 1000)}` : ''}</p>
    </div>
  </div>`;
}

function phase(live) {
  if (live?.state === 'awaiting') return live.draft_url ? 'Approve this draft?' : 'Making the draft …';
  if (live?.state === 'running') return live.tasks ? progress(live) : 'Starting …';
  return `${place(live?.queue_position ?? 0)} in line`;
}

/** When the video will be ready, as far as that is known. */
function ready(live, left) {
  if (live?.state === 'awaiting') return `If approved now: ${place(live.queue_position)} in line`;
  if (live?.unavailable) return 'No worker can run this model now';
  if (left > 0) return `Ready in about ${about(left)}`;
  if (live?.state === 'running') return left === 0 ? 'Ready soon' : 'Taking longer than usual';
  return 'Waiting for a worker';
}

/** The draft, a frame of the unfinished video, or the input image. */
const Preview = ({ job, live }) =>
  live?.draft_url ? html`<video class="preview draft" src=${live.draft_url} muted autoplay loop playsinline
    aria-label="The draft" />`
  : live?.preview_url ? html`<img class="preview" src=${live.preview_url} alt="A frame of the unfinished video" />`
  : job.picture_url ? html`<img class="preview soft" src=${job.picture_url} alt="" />`
  : html`<div class="preview leader" />`;
