// One job: its video, timeline, webhooks and inputs.
import { html, useEffect, useState } from './html.js';
import { get, post, remove } from './api.js';
import { go } from './route.js';
import { Screen } from './stage.js';
import { MediaPreview } from './media.js';
import { ActionButton, Button, ConfirmButton, Copy, Empty, State, Table, ErrorMessage } from './parts.js';
import { Icon } from './icons.js';
import { useJob } from './live.js';
import { at, clock, isLive, label, money, progress, since, size, span } from './words.js';

export function JobPage({ id, admin, who }) {
  const { detail, live, error, reload } = useJob(id);
  useDeliveries(detail, reload);
  if (error?.status === 404) return html`<${Empty} icon="search" title="Job not found">There is no job “${id}”. <a href="/console/jobs">All jobs</a><//>`;
  if (!detail) return html`<${ErrorMessage} error=${error} />`;

  const { job } = detail;
  const state = live?.state ?? job.state;
  return html`
    <header class="head job-head"><a class="back" href="/console/jobs"><${Icon} name="left" size="16" />Jobs</a>
      <h1>Job ${job.id}</h1><${State} state=${state} /><span class="gap" />
      <${Actions} job=${job} state=${state} result=${detail.result} admin=${admin} may=${who.scopes.includes('submit')} reload=${reload} /></header>
    <div class="job">
      <div><section class="card stage" aria-label="Video"><${Screen} detail=${detail} live=${live} /></section>
        <${TimeLine} detail=${detail} live=${live} />
        <${Deliveries} detail=${detail} may=${who.scopes.includes('submit')} reload=${reload} /></div>
      <div><${Facts} detail=${detail} admin=${admin} /><${Inputs} detail=${detail} /></div>
    </div>`;
}

function Actions({ job, state, result, admin, may, reload }) {
  const again = seed => async () => go(`/console/jobs/${(await post(`/jobs/${job.id}/again${seed}`)).id}`);
  const then = run => async () => { await run(); reload(); };
  return html`<div class="actions">
    ${admin && state === 'queued' && html`<${ActionButton} icon="front" run=${then(() => post(`/jobs/${job.id}/front`))} done="Moved to the front of the queue.">Move to front<//>`}
    ${may && state === 'awaiting' && html`<${ActionButton} kind="main" icon="check" run=${then(() => post(`/jobs/${job.id}/approve`))}>Approve<//>`}
    ${may && isLive(state) && html`<${ActionButton} icon="stop" disabled=${job.stopping} run=${then(() => post(`/jobs/${job.id}/cancel`))}>${job.stopping ? 'Stopping …' : 'Cancel'}<//>`}
    ${result?.url && html`<a class="button plain" href=${result.url} download=${`rushes-${job.id}.mp4`}><${Icon} name="download" size="18" /><span>Download</span></a>`}
    ${may && !isLive(state) && html`<${ActionButton} icon="again" run=${again('')}>${state === 'completed' ? 'Run again' : 'Retry'}<//>
      <${ActionButton} icon="dice" run=${again('?seed=new')}>New variation<//>`}
    ${may && html`<${Button} icon="film" onClick=${() => go(`/console?job=${job.id}`)}>Edit in playground<//>
      <${Delete} job=${job} />`}
  </div>`;
}

function Delete({ job }) {
  const run = async () => { await remove(`/jobs/${job.id}`); go('/console/jobs'); };
  return html`<${ConfirmButton} kind="quiet danger" icon="cross" title=${`Delete job ${job.id}?`} action="Delete job"
    text="The job, its video and its inputs are deleted and cannot be restored." run=${run} done=${`Job ${job.id} was deleted.`}>Delete<//>`;
}

function Facts({ detail, admin }) {
  const { job, hex, result, attempts, interruptions } = detail;
  const facts = [
    ['Model', job.model], ['Video', `${job.video.width}×${job.video.height}, ${span(job.video.seconds)}, ${job.video.frames} frames at ${job.video.rate}`],
    result && ['File', size(result.bytes)], job.draft_url && ['Draft', html`<a href=${job.draft_url} target="_blank" rel="noreferrer">Open</a>`], admin && ['Account', html`<a href=${`/console/accounts/${encodeURIComponent(job.account.name)}`}>${job.account.name}</a>`],
    ['API', job.dialect], job.deadline && ['Deadline', at(job.deadline)], job.expires_at && ['Video kept until', at(job.expires_at)], job.price && ['Price', `${money(job.price, job.currency)} ${job.state === 'completed' ? 'paid' : isLive(job.state) ? 'held' : 'released'}`],
    attempts > 0 && ['Attempts', attempts], interruptions > 0 && ['Interruptions', interruptions],
  ].filter(Boolean);
  return html`<section class="card facts-card" aria-labelledby="facts"><h2 id="facts">About</h2>
    <dl class="facts-list">${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
      ${[['Number', String(job.id)], ['UUID', job.uuid], ['Task id', hex], result && ['Storage URI', result.uri]].filter(Boolean).map(([name, value]) => html`
        <div key=${name}><dt>${name}</dt><dd class="id"><code>${value}</code><${Copy} text=${value} name=${`Copy ${name.toLowerCase()}`} /></dd></div>`)}</dl></section>`;
}

const runWords = { failed: 'failed', interrupted: 'interrupted', completed: 'completed', cancelled: 'cancelled', running: 'running' };

function TimeLine({ detail, live }) {
  const { job, runs, deliveries } = detail;
  const events = [{ at: job.created_at, icon: 'queue', title: 'Queued', text: `through the ${job.dialect} API` }];
  runs.forEach((run, i) => {
    events.push({ at: run.started_at, icon: 'workers', title: runs.length > 1 ? `Started, run ${i + 1}` : 'Started', text: html`${run.worker && html`on <code>${run.worker}</code>`}${i === 0 ? ` after ${span(since(job.created_at, run.started_at))}` : ''}` });
    if (run.ended_at && run.outcome !== 'completed') events.push({
      at: run.ended_at, icon: run.outcome === 'cancelled' ? 'stop' : 'warn', bad: run.outcome === 'failed', title: `Run ${runWords[run.outcome]}`,
      text: html`after ${span(since(run.started_at, run.ended_at))}${run.error ? html`<br />${run.error.message} <code>${run.error.code}</code>` : ''}` });
  });
  if (live?.state === 'running' && live.tasks) events.push({ now: true, icon: 'play', title: 'Running', text: progress(live) });
  const last = runs.at(-1);
  if (job.state === 'completed') events.push({ at: job.ended_at, icon: 'check', good: true, title: 'Completed', text: `${detail.result ? size(detail.result.bytes) + ', ' : ''}run time ${span(since(last.started_at, job.ended_at))}` });
  else if (job.ended_at && !last?.ended_at) events.push({ at: job.ended_at, icon: job.state === 'failed' ? 'warn' : 'stop', bad: job.state === 'failed', title: job.state === 'failed' ? 'Failed' : 'Cancelled', text: job.error?.message ?? 'before it started' });
  deliveries.flatMap(delivery => delivery.tries).forEach(made => events.push({
    at: made.at, icon: 'bell', good: isDelivered(made), bad: !isDelivered(made), title: isDelivered(made) ? 'Webhook delivered' : 'Webhook failed', text: outcomeOf(made) }));
  events.sort((a, b) => (a.now ? Infinity : Date.parse(a.at)) - (b.now ? Infinity : Date.parse(b.at)));

  return html`<section class="card" aria-labelledby="line"><h2 id="line">Timeline</h2>
    <ol class="line">${events.map((event, i) => html`<li key=${i} data-kind=${event.bad ? 'bad' : event.good ? 'good' : event.now ? 'now' : undefined}>
      <span class="dot"><${Icon} name=${event.icon} size="15" /></span>
      <div><b>${event.title}</b> <span class="text">${event.text}</span></div>
      ${event.at ? html`<time datetime=${event.at} title=${at(event.at)}>${clock(event.at)}</time>` : html`<span class="faint">now</span>`}
    </li>`)}</ol></section>`;
}

function Inputs({ detail }) {
  const { input, media } = detail;
  const named = new Set(media.map(each => each.field));
  const rest = Object.entries(input).filter(([name]) => !named.has(name));
  return html`<section class="card" aria-labelledby="inputs"><header class="card-head"><h2 id="inputs">Inputs</h2><${Copy} text=${JSON.stringify(input, null, 2)} name="Copy as JSON" /></header>
    ${media.length > 0 && html`<div class="gallery">${media.map(each => html`<figure key=${each.field}>
      <${MediaPreview} medium=${{ ...each, name: each.field, kind: each.content_type.startsWith('image/') ? 'picture' : each.content_type.startsWith('audio/') ? 'sound' : 'clip' }} title=${label(each.field)} />
      <figcaption><code>${each.field}</code></figcaption></figure>`)}</div>`}
    <dl class="facts-list">${rest.map(([name, value]) => html`<div key=${name}><dt><code>${name}</code></dt><dd>${typeof value === 'string' ? value : JSON.stringify(value)}</dd></div>`)}</dl></section>`;
}

const isDelivered = made => made.status >= 200 && made.status < 300;
const outcomeOf = made => `${made.status ? `HTTP ${made.status}` : made.error} after ${span(made.ms / 1000)}`;
const deliveryWords = { pending: 'Pending', delivered: 'Delivered', stopped: 'Stopped by the receiver', failed: 'Failed' };

function Deliveries({ detail, may, reload }) {
  const { deliveries, webhook_url: url, job } = detail;
  if (!url) return null;
  return html`<section class="card" aria-labelledby="webhook"><h2 id="webhook">Webhook</h2>
    <p class="id"><code>${url}</code></p>
    ${deliveries.length === 0 && html`<p class="help">Sent when the job ends.</p>`}
    ${deliveries.map(delivery => html`<div class="delivery" key=${delivery.id}>
      <p><b>${deliveryWords[delivery.state] ?? delivery.state}</b>${delivery.next_at ? html` <span class="help">next attempt at ${clock(delivery.next_at)}</span>` : ''}<span class="gap" />
        ${may && html`<${ActionButton} icon="again" run=${async () => { await post(`/jobs/${job.id}/deliveries/${delivery.id}/redeliver`); reload(); }} done="The webhook will be sent again.">Resend<//>`}</p>
      ${delivery.tries.length > 0 && html`<${Table} name="Attempts" kind="tries"><thead><tr><th>Attempt</th><th>Time</th><th>Outcome</th><th>Response</th></tr></thead>
        <tbody>${delivery.tries.map(made => html`<tr key=${made.number}><td>${made.number}</td><td><time datetime=${made.at} title=${at(made.at)}>${clock(made.at)}</time></td>
          <td>${outcomeOf(made)}</td><td><code class="answer">${made.answer ?? ''}</code></td></tr>`)}</tbody><//>`}
    </div>`)}</section>`;
}

/** A job that has ended has no stream, so pending webhooks are polled. */
function useDeliveries(detail, reload) {
  const waiting = detail && !isLive(detail.job.state) && detail.deliveries.some(delivery => delivery.state === 'pending');
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(reload, 1500);
    return () => clearInterval(timer);
  }, [waiting]);
}
