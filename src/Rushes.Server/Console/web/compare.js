// Several videos side by side, played together.
import { html, useEffect, useRef, useState } from './html.js';
import { get } from './api.js';
import { usePoll } from './live.js';
import { Bar, Button, Empty, State } from './parts.js';
import { isLive, progress, span } from './words.js';

const most = 16;

/** Videos further apart than this, in seconds, are brought together again. */
const apart = 0.12;

export function Compare({ query: asked }) {
  const ids = (asked.jobs ?? '').split(',').filter(id => /^\d{1,18}$/.test(id)).slice(0, most);
  const [details, setDetails] = useState({});
  const waiting = ids.filter(id => !details[id] || isLive(details[id].job?.state));
  usePoll(async signal => {
    const found = await Promise.all(waiting.map(id => get(`/jobs/${id}`, signal).catch(error => ({ error }))));
    if (found.length) setDetails(before => ({ ...before, ...Object.fromEntries(waiting.map((id, i) => [id, found[i]])) }));
  }, 2000, [waiting.join()]);
  const videos = useRef(new Map());
  if (!ids.length) return html`<${Empty} icon="compare" title="Nothing to compare">
    Select videos in the <a href="/console/gallery">gallery</a>.<//>`;
  const ready = ids.filter(id => details[id]?.result?.url);

  return html`<header class="head"><h1>Compare</h1><p class="faint">${ids.length} videos</p></header>
    ${ready.length > 0 && html`<${Controls} videos=${videos} key=${ready.join()} />`}
    <ul class="compare">${ids.map(id => html`<${Side} key=${id} id=${id} detail=${details[id]}
      hold=${video => video ? videos.current.set(id, video) : videos.current.delete(id)} />`)}</ul>`;
}

function Side({ id, detail, hold }) {
  const job = detail?.job;
  const shape = job && { aspectRatio: `${job.video.width} / ${job.video.height}` };
  const { live } = job ?? {};
  return html`<li class="card"><div class="screen" style=${shape}>
      ${detail?.result?.url ? html`<video ref=${hold} src=${detail.result.url} muted playsinline preload="auto"
          aria-label=${`The video of job ${id}`} />`
        : html`<div class="ended">${job ? html`<${State} state=${job.state} />` : detail?.error?.message ?? 'Loading …'}
            ${live?.state === 'running' && live.tasks && html`<p>${progress(live)}</p>
              <${Bar} done=${live.done} total=${live.tasks} label=${`Progress of job ${id}`} />`}
            ${job?.error && html`<p>${job.error.message}</p>`}</div>`}</div>
    ${job && html`<p class="title">${job.prompt || job.model}</p>
      <p class="faint"><small><a href=${`/console/jobs/${id}`}>Job ${id}</a> · ${job.model}${' '}
        · seed ${detail.input.seed ?? 'random'}</small></p>`}
  </li>`;
}

/** Plays, pauses and seeks all videos together. The longest one leads. */
function Controls({ videos }) {
  const [playing, setPlaying] = useState(false);
  const [time, setTime] = useState({ now: 0, whole: 0 });
  const all = () => [...videos.current.values()];
  const leader = () => all().reduce((best, video) => !best || (video.duration || 0) > (best.duration || 0) ? video : best, null);
  const seek = now => all().forEach(video => { video.currentTime = Math.min(now, video.duration || now); });

  useEffect(() => {
    if (!playing) return;
    seek(leader()?.ended ? 0 : time.now);
    all().forEach(video => video.play().catch(() => {}));
    return () => all().forEach(video => video.pause());
  }, [playing]);
  useEffect(() => {
    let frame;
    const follow = () => {
      const lead = leader();
      if (lead) {
        if (playing && lead.ended) {
          seek(0);
          all().forEach(video => video.play().catch(() => {}));
        }
        all().filter(video => video !== lead && !video.ended && Math.abs(video.currentTime - lead.currentTime) > apart)
          .forEach(video => { video.currentTime = Math.min(lead.currentTime, video.duration || 0); });
        setTime({ now: lead.currentTime, whole: lead.duration || 0 });
      }
      frame = requestAnimationFrame(follow);
    };
    follow();
    return () => cancelAnimationFrame(frame);
  }, [playing]);

  return html`<div class="card together">
    <${Button} kind="main" icon=${playing ? 'pause' : 'play'} onClick=${() => setPlaying(!playing)}>
      ${playing ? 'Pause all' : 'Play all'}<//>
    <input type="range" aria-label="Time" min="0" max=${time.whole} step="0.01" value=${time.now}
      style=${{ '--at': `${time.whole ? time.now / time.whole * 100 : 0}%` }}
      onInput=${event => seek(Number(event.target.value))} />
    <span class="faint">${time.now.toFixed(1)} / ${span(time.whole)}</span></div>`;
}
