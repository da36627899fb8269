// One job as it comes along: its place in the queue, its progress, its video.
import { html, useEffect, useRef } from './html.js';
import { post } from './api.js';
import { useJob, useNow } from './live.js';
import { Act, Bar, Empty, State, Trouble } from './parts.js';
import { Icon } from './icons.js';
import { about, isLive, label, place, span } from './words.js';

/** In the playground: with what one would do next. */
export function Stage({ id, onJob, onEnd }) {
  const { detail, live, error, reload } = useJob(id);
  const ended = detail && !isLive(detail.job.state);
  useEffect(() => { if (ended) onEnd(); }, [id, ended]);
  if (!id) return html`<section class="card stage"><${Empty} icon="film" title="Your video plays here">Say what it shows, and press <b>Make the video</b>.<//></section>`;
  if (error && !detail) return html`<section class="card stage"><${Trouble} error=${error} /></section>`;
  if (!detail) return html`<section class="card stage" aria-busy="true"><div class="screen" /></section>`;

  const { job } = detail;
  const again = seed => async () => onJob((await post(`/jobs/${job.id}/again${seed}`)).id);
  return html`<section class="card stage" aria-label=${`Job ${job.id}`}>
    <${Screen} detail=${detail} live=${live} />
    <div class="under">
      <${State} state=${live?.state ?? job.state} />
      <a class="number" href=${`/console/jobs/${job.id}`}>Job ${job.id}</a>
      <span class="gap" />
      ${live?.state === 'awaiting' && html`<${Act} kind="main" icon="check" run=${async () => { await post(`/jobs/${job.id}/approve`); reload(); }}>Approve<//>`}
      ${isLive(live?.state ?? job.state) && html`<${Act} icon="stop" run=${() => post(`/jobs/${job.id}/cancel`)} disabled=${job.stopping}>Cancel<//>`}
      ${detail.result?.url && html`<a class="button plain" href=${detail.result.url} download=${`rushes-${job.id}.mp4`}><${Icon} name="download" size="18" /><span>Download</span></a>`}
      ${!isLive(job.state) && html`<${Act} icon="dice" run=${again('?seed=new')}>${job.state === 'completed' ? 'Again with another seed' : 'Try again'}<//>`}
    </div>
  </section>`;
}

/** The picture: a film that plays, or how far it is. */
export function Screen({ detail, live }) {
  const { job } = detail;
  const state = live?.state ?? job.state;
  const shape = { aspectRatio: `${job.video.width} / ${job.video.height}` };
  return html`<div class="screen" style=${shape} data-state=${state}>
    ${state === 'completed' ? html`<${Film} detail=${detail} />`
      : isLive(state) ? html`<${Coming} job=${job} live=${live ?? job.live} stopping=${job.stopping} />`
      : html`<div class="ended"><${State} state=${state} />
          <p>${job.error?.message ?? 'It was cancelled.'}</p>${job.error && html`<code>${job.error.code}</code>`}</div>`}
  </div>`;
}

const Film = ({ detail }) => detail.result === undefined ? null
  : detail.result.url ? html`<video key=${detail.job.id} src=${detail.result.url} controls autoplay loop playsinline aria-label=${`The video of job ${detail.job.id}`} />`
  : html`<div class="ended"><p>The video was made and has been removed since.</p></div>`;

function Coming({ job, live, stopping }) {
  const now = useNow(true);
  const heard = useRef({ live, at: now });
  if (heard.current.live !== live) heard.current = { live, at: now };
  // Estimates run down by themselves between two words of the stream.
  const left = Math.max(0, (live?.remaining ?? 0) - (now - heard.current.at) / 1000);
  const running = live?.state === 'running';
  return html`<div class="coming">
    <${Preview} job=${job} live=${live} />
    <div class="words" aria-live="polite">
      <p class="big">${stopping ? 'Stopping …' : live?.state === 'awaiting' ? live.draft_url ? 'Is this what you mean?' : 'Its draft is being drawn …' : running ? live.tasks ? `${label(live.task ?? 'task')} ${live.done} of ${live.tasks}` : 'Starting …' : `${place(live?.queue_position ?? 0)} in line`}</p>
      ${live?.state !== 'awaiting' && html`<${Bar} done=${running ? live.done : 0} total=${running ? live.tasks : 0} label="Progress" />`}
      <p class="small">${live?.state === 'awaiting' ? `Approved now, it would be ${place(live.queue_position)} in line` : left > 0 ? `ready in about ${about(left)}` : running ? 'any moment now' : 'waits for a worker'}${running && live.started_at ? ` · runs for ${span(Math.max(0, (now - Date.parse(live.started_at)) / 1000))}` : ''}</p>
    </div>
  </div>`;
}

/** What there is to see of an unfinished video: its draft, a frame of it when its engine shows one, else what it is made from. */
const Preview = ({ job, live }) =>
  live?.draft_url ? html`<video class="preview draft" src=${live.draft_url} muted autoplay loop playsinline aria-label="The draft" />`
  : live?.preview_url ? html`<img class="preview" src=${live.preview_url} alt="A frame of the unfinished video" />`
  : job.picture_url ? html`<img class="preview soft" src=${job.picture_url} alt="" />`
  : html`<div class="preview leader" />`;
