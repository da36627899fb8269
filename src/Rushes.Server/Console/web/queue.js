// Queued and running jobs of each lane, now and in the last hour.
import { html, useMemo, useRef } from './html.js';
import { get, post } from './api.js';
import { ActionButton, Bar, Empty, Table, ErrorMessage } from './parts.js';
import { Icon } from './icons.js';
import { Chart } from './chart.js';
import { usePoll } from './live.js';
import { about, count, span } from './words.js';

const hour = 720;

export function Queue() {
  const past = useRef({ at: [], series: [] });
  const { data, error, reload } = usePoll(async signal => {
    const now = await get(`/queue?since=${past.current.at.at(-1) ?? 0}`, signal);
    past.current = join(past.current, now);
    return { lanes: now.lanes, ...upTo(past.current, now) };
  }, 2500, []);

  if (!data) return html`<header class="head"><h1>Queue</h1></header><${ErrorMessage} error=${error} />`;
  const [waiting, running, slots] = [sum(data.lanes, queued), sum(data.lanes, lane => lane.running), Math.max(...data.lanes.map(lane => lane.slots))];
  return html`<header class="head"><h1>Queue</h1><p class="faint">${count(waiting, 'job')} queued, ${running} running</p></header>
    <${ErrorMessage} error=${error} />
    <div class="lanes">${data.lanes.map((lane, i) => html`<${Lane} key=${lane.id} lane=${lane} at=${data.at} series=${data.series[i]} reload=${reload} />`)}</div>`;
}

const queued = lane => sum(lane.tiers, tier => tier.queued);
const sum = (all, value) => all.reduce((total, each) => total + value(each), 0);

function Lane({ lane, at, series, reload }) {
  const pause = lane.paused ? 'resume' : 'pause';
  return html`<section class="card lane" aria-labelledby=${`lane-${lane.id}`} data-paused=${lane.paused ? '' : undefined}>
    <header><h2 id=${`lane-${lane.id}`}>${lane.title}</h2><code class="faint">${lane.id}</code>
      ${lane.paused && html`<span class="state" data-state="queued"><${Icon} name="pause" size="14" />Paused</span>`}
      ${lane.slots === 0 && html`<span class="state" data-state="failed"><${Icon} name="warn" size="14" />No worker</span>`}
      <span class="gap" />
      <${ActionButton} icon=${lane.paused ? 'play' : 'pause'} run=${async () => { await post(`/admin/lanes/${lane.id}/${pause}`); reload(); }} done=${lane.paused ? `${lane.title} resumed.` : `${lane.title} paused. Running jobs continue.`}>${lane.paused ? 'Resume' : 'Pause'}<//></header>
    <dl class="figures">
      <div><dt>Queued</dt><dd>${queued(lane).toLocaleString('en')}</dd></div>
      <div><dt>Running</dt><dd>${lane.running}<small> of ${count(lane.slots, 'slot')}</small></dd></div>
      <div><dt>Estimated wait</dt><dd>${lane.paused || lane.slots === 0 ? '–' : inWords(lane.tiers.at(-1)?.wait)}</dd></div>
    </dl>
    <div class="plots">
      <figure><figcaption>Queued jobs by tier</figcaption><${Chart} name=${`Queued jobs of ${lane.title} in the last hour`} at=${at} stacked show=${number => number.toLocaleString('en')}
        series=${lane.tiers.map((tier, i) => ({ name: tier.name, values: series.tiers[i].queued }))} /></figure>
      <figure><figcaption>Estimated wait by tier</figcaption><${Chart} name=${`Estimated wait of ${lane.title} in the last hour`} at=${at} show=${shortly} steps=${times}
        series=${lane.tiers.map((tier, i) => ({ name: tier.name, values: series.tiers[i].wait }))} /></figure>
    </div>
    <table class="list tiers"><caption class="unseen">Tiers of ${lane.title}</caption><thead><tr><th>Tier</th><th class="num">Queued</th><th class="num">Estimated wait</th></tr></thead>
      <tbody>${lane.tiers.map((tier, i) => html`<tr key=${tier.name}><td><i class="tone" data-tone=${i + 1} />${tier.name}</td><td class="num">${tier.queued.toLocaleString('en')}</td><td class="num">${lane.paused || lane.slots === 0 ? '–' : inWords(tier.wait)}</td></tr>`)}</tbody></table>
    ${lane.now.length > 0 && html`<${Table} name=${`Running in ${lane.title}`} kind="now"><thead><tr><th>Running</th><th>Account</th><th>Worker</th><th>Progress</th><th class="num">Left</th></tr></thead>
      <tbody>${lane.now.map(job => html`<tr key=${job.id}><td><a href=${`/console/jobs/${job.id}`}>${job.id}</a> <small>${job.model}</small></td><td>${job.account}</td><td><code>${job.worker}</code></td>
        <td class="bar"><${Bar} done=${job.done} total=${job.tasks} label=${`Progress of job ${job.id}`} /></td><td class="num">${job.remaining == null ? 'longer than usual' : about(job.remaining)}</td></tr>`)}</tbody><//>`}
  </section>`;
}

const times = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400];
const inWords = seconds => seconds == null ? '–' : seconds < 1 ? 'none' : about(seconds);
const shortly = seconds => seconds < 100 ? `${Math.round(seconds)} s` : seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;

/** Adds the current values to the history as the last point. */
const upTo = (past, now) => ({
  at: [...past.at, now.now],
  series: past.series.map((lane, i) => ({ tiers: lane.tiers.map((tier, t) => ({ queued: [...tier.queued, now.lanes[i].tiers[t].queued], wait: [...tier.wait, now.lanes[i].tiers[t].wait] })) })),
});

/** Appends new history and keeps one hour. */
function join(known, more) {
  const cut = values => values.slice(-hour);
  const both = (old, fresh) => cut([...(old ?? []), ...fresh]);
  return {
    at: both(known.at, more.at),
    series: more.series.map((lane, i) => ({
      running: both(known.series[i]?.running, lane.running),
      tiers: lane.tiers.map((tier, t) => ({ queued: both(known.series[i]?.tiers[t].queued, tier.queued), wait: both(known.series[i]?.tiers[t].wait, tier.wait) })),
    })),
  };
}
