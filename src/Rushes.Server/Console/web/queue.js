// Queued and running jobs of each lane, now and in the last hour.
import { html, useRef } from './html.js';
import { get, post } from './api.js';
import { ActionButton, Bar, Table, ErrorMessage } from './parts.js';
import { Icon } from './icons.js';
import { Chart } from './chart.js';
import { failureRate, join, nothing, perMinute, upTo } from './history.js';
import { usePoll } from './live.js';
import { about, count, span } from './words.js';

const sum = (all, value) => all.reduce((total, each) => total + value(each), 0);
const queued = lane => sum(lane.tiers, tier => tier.queued);
const number = value => value.toLocaleString('en');
const percent = value => `${Math.round(value)} %`;

export function Queue() {
  const past = useRef(nothing);
  const { data, error, reload } = usePoll(async signal => {
    const now = await get(`/queue?since=${past.current.at.at(-1) ?? 0}`, signal);
    past.current = join(past.current, now);
    return { lanes: now.lanes, models: now.models, ...upTo(past.current, now) };
  }, 2500, []);

  if (!data) return html`<header class="head"><h1>Queue</h1></header><${ErrorMessage} error=${error} />`;
  const [waiting, running] = [sum(data.lanes, queued), sum(data.lanes, lane => lane.running)];
  return html`<header class="head"><h1>Queue</h1><p class="faint">${count(waiting, 'job')} queued, ${running} running</p></header>
    <${ErrorMessage} error=${error} />
    <div class="lanes">
      ${data.lanes.map((lane, i) => html`
        <${Lane} key=${lane.id} lane=${lane} at=${data.at} series=${data.series[i]} reload=${reload} />`)}
      <${LastHour} data=${data} />
    </div>`;
}

function Lane({ lane, at, series, reload }) {
  const pause = lane.paused ? 'resume' : 'pause';
  const press = async () => { await post(`/admin/lanes/${lane.id}/${pause}`); reload(); };
  const done = lane.paused ? `${lane.title} resumed.` : `${lane.title} paused. Running jobs continue.`;
  const stopped = lane.paused || lane.slots === 0;
  return html`<section class="card lane" aria-labelledby=${`lane-${lane.id}`} data-paused=${lane.paused ? '' : undefined}>
    <header><h2 id=${`lane-${lane.id}`}>${lane.title}</h2><code class="faint">${lane.id}</code>
      ${lane.paused && html`<span class="state" data-state="queued"><${Icon} name="pause" size="14" />Paused</span>`}
      ${lane.slots === 0 && html`<span class="state" data-state="failed"><${Icon} name="warn" size="14" />No worker</span>`}
      <span class="gap" />
      <${ActionButton} icon=${lane.paused ? 'play' : 'pause'} run=${press} done=${done}>
        ${lane.paused ? 'Resume' : 'Pause'}<//></header>
    <dl class="figures">
      <div><dt>Queued</dt><dd>${number(queued(lane))}</dd></div>
      <div><dt>Running</dt><dd>${lane.running}<small> of ${slots(lane)}</small></dd></div>
      <div><dt>Estimated wait</dt><dd>${stopped ? '–' : inWords(lane.tiers.at(-1)?.wait)}</dd></div>
    </dl>
    ${isIdle(lane, series) ? html`<p class="help">No jobs in the last hour.</p>`
      : html`<${Plots} lane=${lane} at=${at} series=${series} />`}
    <table class="list tiers"><caption class="unseen">Tiers of ${lane.title}</caption>
      <thead><tr><th>Tier</th><th class="num">Queued</th><th class="num">Estimated wait</th></tr></thead>
      <tbody>${lane.tiers.map((tier, i) => html`<tr key=${tier.name}>
        <td><i class="tone" data-tone=${i + 1} />${tier.name}</td>
        <td class="num">${number(tier.queued)}</td><td class="num">${stopped ? '–' : inWords(tier.wait)}</td></tr>`)}
      </tbody></table>
    ${lane.now.length > 0 && html`<${Running} lane=${lane} />`}
  </section>`;
}

/** No job was queued, ran or ended. */
const isIdle = (lane, series) => lane.now.length === 0
  && ![perMinute(series.completed), perMinute(series.failed), ...series.tiers.map(tier => tier.queued)]
    .some(values => values.some(Boolean));

const slots = lane => lane.shared ? `${count(lane.slots, 'slot')}, shared with other lanes` : count(lane.slots, 'slot');

function Plots({ lane, at, series }) {
  const tiers = name => lane.tiers.map((tier, i) => ({ name: tier.name, values: series.tiers[i][name] }));
  const ends = [
    { name: 'completed', values: perMinute(series.completed) }, { name: 'failed', values: perMinute(series.failed) },
  ];
  const failures = [{ name: 'failed', values: failureRate(series.completed, series.failed) }];
  return html`<div class="plots">
    <${Chart} title="Queued jobs" name=${`Queued jobs of ${lane.title} in the last hour`} at=${at} stacked show=${number}
      series=${tiers('queued')} />
    <${Chart} title="Estimated wait" name=${`Estimated wait of ${lane.title} in the last hour`} at=${at} show=${shortly}
      steps=${times} series=${tiers('wait')} />
    <${Chart} title="Jobs per minute" name=${`Jobs of ${lane.title} that ended per minute in the last hour`} at=${at}
      show=${number} series=${ends} />
    <${Chart} title="Failure rate" name=${`Failure rate of ${lane.title} in the last hour`} at=${at} show=${percent}
      series=${failures} />
  </div>`;
}

const Running = ({ lane }) => html`<${Table} name=${`Running in ${lane.title}`} kind="now">
  <thead><tr><th>Running</th><th>Account</th><th>Worker</th><th>Progress</th><th class="num">Left</th></tr></thead>
  <tbody>${lane.now.map(job => html`<tr key=${job.id}>
    <td><a href=${`/console/jobs/${job.id}`}>${job.id}</a> <small>${job.model}</small></td><td>${job.account}</td>
    <td><code>${job.worker}</code></td>
    <td class="bar"><${Bar} done=${job.done} total=${job.tasks} label=${`Progress of job ${job.id}`} /></td>
    <td class="num">${job.remaining == null ? 'longer than usual' : about(job.remaining)}</td></tr>`)}</tbody><//>`;

/** How busy the workers were, and the run times of each model. */
function LastHour({ data }) {
  const { models } = data;
  const busy = data.busy.map(share => share == null ? null : 100 * share);
  return html`<section class="card lane" aria-labelledby="last-hour"><h2 id="last-hour">Workers and models in the last hour</h2>
    <${Chart} title="Busy worker slots of this gateway" name="Share of busy worker slots of this gateway in the last hour"
      at=${data.at}
      show=${percent} series=${[{ name: 'busy', values: busy }]} />
    ${models.length === 0 && html`<p class="help">No job ended in the last hour.</p>`}
    ${models.length > 0 && html`<${Table} name="Models in the last hour">
      <thead><tr><th>Model</th><th class="num">Completed</th><th class="num">Failed</th><th class="num">Failure rate</th>
        <th class="num">Run time (median)</th><th class="num">Run time (90 %)</th></tr></thead>
      <tbody>${models.map(model => html`<tr key=${model.model}><td>${model.model}</td>
        <td class="num">${number(model.completed)}</td><td class="num">${number(model.failed)}</td>
        <td class="num">${percent(100 * model.failed / (model.completed + model.failed))}</td>
        <td class="num">${span(model.median)}</td><td class="num">${span(model.slow)}</td></tr>`)}</tbody><//>`}
  </section>`;
}

const times = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400];
const inWords = seconds => seconds == null ? '–' : seconds < 1 ? 'none' : about(seconds);
const shortly = seconds => seconds < 100 ? `${Math.round(seconds)} s`
  : seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
