// One job: its video, timeline, webhooks and inputs.
import { html, useState } from './html.js';
import { post, remove } from './api.js';
import { go } from './route.js';
import { Screen } from './stage.js';
import { MediaPreview } from './media.js';
import { ActionButton, Button, ConfirmButton, Copy, Empty, State, ErrorMessage } from './parts.js';
import { Deliveries, useDeliveries } from './deliveries.js';
import { Failure } from './failure.js';
import { Icon } from './icons.js';
import { TimeLine } from './timeline.js';
import { lazily } from './lazy.js';
import { useJob } from './live.js';
import { Favorite } from './tags.js';
import { at, isLive, label, money, size, span } from './words.js';

const ShareDialog = lazily(() => import('./share.js'), 'ShareDialog');

export function JobPage({ id, admin, who }) {
  const { detail, live, error, reload } = useJob(id);
  useDeliveries(detail, reload);
  if (error?.status === 404)
    return html`<${Empty} icon="search" title="Job not found">
      There is no job “${id}”. <a href="/console/jobs">All jobs</a><//>`;
  if (!detail) return html`<${ErrorMessage} error=${error} />`;

  const { job } = detail;
  const state = live?.state ?? job.state;
  const may = who.scopes.includes('submit');
  return html`
    <header class="head job-head"><a class="back" href="/console/jobs"><${Icon} name="left" size="16" />Jobs</a>
      <h1 title=${job.prompt || undefined}>${job.prompt || `${job.model}, without a prompt`}</h1>
      <p class="under-title"><${State} state=${state} /><span class="number">Job ${job.id}</span><span>${job.model}</span></p>
      <${Actions} job=${job} state=${state} result=${detail.result} tags=${detail.tags} admin=${admin} may=${may}
        own=${job.account.id === who.account.id} reload=${reload} /></header>
    <div class="job">
      <div><section class="card stage" aria-label="Video"><${Screen} detail=${detail} live=${live} /></section>
        <${Failure} detail=${detail} admin=${admin} />
        <${TimeLine} detail=${detail} live=${live} />
        <${Deliveries} detail=${detail} may=${may} reload=${reload} /></div>
      <div><${Facts} detail=${detail} admin=${admin} /><${Inputs} detail=${detail} /></div>
    </div>`;
}

function Actions({ job, state, result, tags, admin, may, own, reload }) {
  const [sharing, setSharing] = useState(false);
  const again = seed => async () => go(`/console/jobs/${(await post(`/jobs/${job.id}/again${seed}`)).id}`);
  const then = call => async () => { await post(`/jobs/${job.id}/${call}`); reload(); };
  return html`<div class="actions">
    ${admin && state === 'queued' && html`
      <${ActionButton} icon="front" run=${then('front')} done="Moved to the front of the queue.">Move to front<//>`}
    ${may && state === 'awaiting' && html`<${ActionButton} kind="main" icon="check" run=${then('approve')}>Approve<//>`}
    ${may && isLive(state) && html`
      <${ActionButton} icon="stop" disabled=${job.stopping} run=${then('cancel')}>
        ${job.stopping ? 'Stopping …' : 'Cancel'}<//>`}
    ${result?.url && html`<a class="button plain" href=${result.url} download=${`rushes-${job.id}.mp4`}>
      <${Icon} name="download" size="18" /><span>Download</span></a>`}
    ${may && !isLive(state) && html`
      <${ActionButton} icon="again" run=${again('')}>${state === 'completed' ? 'Run again' : 'Retry'}<//>
      <${ActionButton} icon="dice" run=${again('?seed=new')}>New variation<//>`}
    ${may && html`<${Button} icon="film" onClick=${() => go(`/console?job=${job.id}`)}>Use these settings<//>
      ${result?.url && own && html`<${Button} icon="next" onClick=${() => go(`/console?continue=${job.id}`)}>Continue<//>
        <${Button} icon="share" onClick=${() => setSharing(true)}>Share<//>
        <${Favorite} id=${job.id} tags=${tags} onChange=${reload} />`}
      <${Delete} job=${job} />`}
    ${sharing && html`<${ShareDialog} id=${job.id} onClose=${() => setSharing(false)} />`}
  </div>`;
}

function Delete({ job }) {
  const run = async () => { await remove(`/jobs/${job.id}`); go('/console/jobs'); };
  return html`<${ConfirmButton} kind="quiet danger" icon="cross" title=${`Delete job ${job.id}?`} action="Delete job"
    text="The job, its video and its inputs are deleted and cannot be restored."
    run=${run} done=${`Job ${job.id} was deleted.`}>Delete<//>`;
}

function Facts({ detail, admin }) {
  const { job, hex, result, attempts, interruptions } = detail;
  const { video } = job;
  const paid = job.state === 'completed' ? 'paid' : isLive(job.state) ? 'held' : 'released';
  const facts = [
    ['Model', job.model],
    ['Video', `${video.width}×${video.height}, ${span(video.seconds)}`],
    ['Frames', `${video.frames} at ${video.rate} fps`],
    result && ['File', size(result.bytes)],
    job.draft_url && ['Draft', html`<a href=${job.draft_url} target="_blank" rel="noreferrer">Open</a>`],
    admin && ['Account', html`<a href=${`/console/accounts/${encodeURIComponent(job.account.name)}`}>${job.account.name}</a>`],
    ['API', job.dialect], ['Created', at(job.created_at)],
    job.deadline && ['Deadline', at(job.deadline)], job.expires_at && ['Video kept until', at(job.expires_at)],
    job.price && ['Price', `${money(job.price, job.currency)} ${paid}`],
    attempts > 0 && ['Attempts', attempts], interruptions > 0 && ['Interruptions', interruptions],
  ].filter(Boolean);
  const ids = [['Number', String(job.id)], ['UUID', job.uuid], ['Task id', hex]];
  if (result) ids.push(['Storage URI', result.uri]);
  return html`<section class="card facts-card" aria-labelledby="facts"><h2 id="facts">About</h2>
    <dl class="facts-list">${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    <details class="ids"><summary>Ids<${Icon} name="down" size="16" /></summary>
      <dl class="facts-list">${ids.map(([name, value]) => html`<div key=${name}><dt>${name}</dt>
        <dd class="id"><code>${value}</code><${Copy} text=${value} name=${`Copy ${name.toLowerCase()}`} /></dd></div>`)}</dl>
    </details>
  </section>`;
}

const kindOf = type => type.startsWith('image/') ? 'picture' : type.startsWith('audio/') ? 'sound' : 'clip';

function Inputs({ detail }) {
  const { input, media } = detail;
  const named = new Set(media.map(each => each.field));
  const rest = Object.entries(input).filter(([name]) => !named.has(name));
  return html`<section class="card" aria-labelledby="inputs">
    <header class="card-head"><h2 id="inputs">Inputs</h2>
      <${Copy} text=${JSON.stringify(input, null, 2)} name="Copy as JSON" /></header>
    ${media.length > 0 && html`<div class="gallery">${media.map(each => html`<figure key=${each.field}>
      <${MediaPreview} medium=${{ ...each, name: each.field, kind: kindOf(each.content_type) }} title=${label(each.field)} />
      <figcaption><code>${each.field}</code></figcaption></figure>`)}</div>`}
    <dl class="facts-list">${rest.map(([name, value]) => html`<div key=${name}><dt><code>${name}</code></dt>
      <dd>${typeof value === 'string' ? value : JSON.stringify(value)}</dd></div>`)}</dl></section>`;
}
