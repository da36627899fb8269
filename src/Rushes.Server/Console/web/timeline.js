// What happened to a job, in order.
import { html } from './html.js';
import { Icon } from './icons.js';
import { at, isLive, progress, since, size, span, when } from './words.js';
import { isDelivered, outcomeOf } from './deliveries.js';

export function TimeLine({ detail, live }) {
  const events = eventsOf(detail, live);
  return html`<section class="card" aria-labelledby="line"><h2 id="line">Timeline</h2>
    <ol class="line">${events.map((event, i) => html`
      <li key=${i} data-kind=${event.bad ? 'bad' : event.good ? 'good' : event.now ? 'now' : undefined}>
        <span class="dot"><${Icon} name=${event.icon} size="15" /></span>
        <div><b>${event.title}</b> <span class="text">${event.text}</span></div>
        ${event.at ? html`<time datetime=${event.at} title=${at(event.at)}>${when(event.at)}</time>`
          : html`<span class="faint">now</span>`}
      </li>`)}</ol></section>`;
}

/** What happened to a job, as far as is stored, and its progress if `live` has it. */
export function eventsOf(detail, live) {
  const { job, runs, deliveries } = detail;
  const events = [{ at: job.created_at, icon: 'queue', title: 'Queued', text: `through the ${job.dialect} API` }];
  runs.forEach((run, i) => events.push(...runEvents(run, i, runs.length, job)));
  if (live?.state === 'running' && live.tasks) events.push({ now: true, icon: 'play', title: 'Running', text: progress(live) });
  const end = endOf(detail);
  if (end) events.push(end);
  deliveries.flatMap(delivery => delivery.tries).forEach(made => events.push({
    at: made.at, icon: 'bell', good: isDelivered(made), bad: !isDelivered(made),
    title: isDelivered(made) ? 'Webhook delivered' : 'Webhook failed', text: outcomeOf(made) }));
  const timeOf = event => event.now ? Infinity : Date.parse(event.at);
  return events.sort((a, b) => timeOf(a) - timeOf(b));
}

function runEvents(run, i, runs, job) {
  const wait = i === 0 ? ` after ${span(since(job.created_at, run.started_at))}` : '';
  const started = {
    at: run.started_at, icon: 'workers', title: runs > 1 ? `Started, run ${i + 1}` : 'Started',
    text: html`${run.worker && html`on <code>${run.worker}</code>`}${wait}`,
  };
  if (!run.ended_at || run.outcome === 'completed') return [started];
  return [started, {
    at: run.ended_at, icon: run.outcome === 'cancelled' ? 'stop' : 'warn', bad: run.outcome === 'failed',
    title: `Run ${run.outcome}`,
    text: html`after ${span(since(run.started_at, run.ended_at))}${run.error
      && html`<br />${run.error.message} <code>${run.error.code}</code>`}`,
  }];
}

/** The end of the job, unless it is the end of its last run. */
function endOf({ job, runs, result }) {
  const last = runs.at(-1);
  if (job.state === 'completed') return {
    at: job.ended_at, icon: 'check', good: true, title: 'Completed',
    text: `${result ? size(result.bytes) + ', ' : ''}run time ${span(since(last.started_at, job.ended_at))}`,
  };
  if (isLive(job.state) || !job.ended_at || last?.ended_at) return null;
  const failed = job.state === 'failed';
  return {
    at: job.ended_at, icon: failed ? 'warn' : 'stop', bad: failed, title: failed ? 'Failed' : 'Cancelled',
    text: job.error?.message ?? 'before it started',
  };
}
