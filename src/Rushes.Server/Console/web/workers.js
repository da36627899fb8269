// Worker slots with their engine, GPU, job and utilization.
import { html } from './html.js';
import { get, post, query } from './api.js';
import { ActionButton, Bar, Empty, ErrorMessage } from './parts.js';
import { Icon } from './icons.js';
import { usePoll } from './live.js';
import { ago, count } from './words.js';

const states = {
  running: ['running', 'play', 'Running'], idle: ['completed', 'check', 'Idle'], drained: ['cancelled', 'pause', 'Drained'],
  unable: ['failed', 'warn', 'Unavailable'],
};

export function Workers() {
  const { data, error, reload } = usePoll(signal => get('/workers', signal), 2000, []);
  const running = data?.workers.filter(each => each.worker.state === 'running').length;
  return html`<header class="head"><h1>Workers</h1>
      ${data && html`<p class="faint">${count(data.workers.length, 'slot')}, ${running} running</p>`}</header>
    <${ErrorMessage} error=${error} />
    ${data && (data.workers.length
      ? html`<ul class="workers">
          ${data.workers.map(each => html`<${Slot} key=${each.worker.name} ...${each} reload=${reload} />`)}</ul>`
      : html`<${Empty} icon="workers" title="No workers">
          Start the gateway with <code>--workers 1</code>, or run <code>rushes worker</code> on another machine.<//>`)}`;
}

function Slot({ worker, busy, reload }) {
  const [tone, icon, text] = states[worker.state] ?? states.idle;
  return html`<li class="card worker">
    <header><h2><code>${worker.name}</code></h2>
      <span class="state" data-state=${tone}><${Icon} name=${icon} size="14" />${text}</span></header>
    <${Facts} worker=${worker} busy=${busy} />
    ${worker.job ? html`<div class="doing">
      <p>Job <a href=${`/console/jobs/${worker.job.id}`}>${worker.job.id}</a> <small>${worker.job.model}</small></p>
      <${Bar} done=${worker.job.done} total=${worker.job.total} label=${`Progress of job ${worker.job.id}`} /></div>`
    : html`<p class="doing faint">No running job</p>`}
    <footer>${worker.drained && worker.state === 'running' && html`<small>Stops after this job.</small>`}<span class="gap" />
      <${Drain} worker=${worker} reload=${reload} /></footer>
  </li>`;
}

const Facts = ({ worker, busy }) => html`<dl class="facts-list">
  <div><dt>Engine</dt><dd>${worker.engine}
    ${worker.loaded
      ? html`<br /><small>Loaded: ${[worker.loaded, worker.loaded_lora].filter(Boolean).join(' with ')}</small>` : ''}</dd></div>
  <div><dt>GPU</dt><dd>${worker.gpu ? `${worker.gpu.name}, ${Math.round(worker.gpu.megabytes / 1024)} GB`
    : html`<span class="faint">None</span>`}</dd></div>
  <div><dt>Location</dt><dd>
    ${worker.remote ? html`Remote, last seen ${ago(worker.seen_at)}` : 'This gateway'} <small>${worker.version}</small></dd></div>
  <div><dt>Models</dt><dd><details class="models"><summary>${count(worker.models.length, 'model')}</summary>
    <ul>${worker.models.map(model => html`<li key=${model}><code>${model}</code></li>`)}</ul></details></dd></div>
  <div><dt>Utilization</dt><dd class="busy">${busy == null ? html`<span class="faint">No data yet</span>`
    : html`<${Bar} done=${busy} total=${1} label=${`Utilization of ${worker.name}`} />
        <span>${Math.round(busy * 100)} %</span>`}</dd></div>
  ${worker.wants.length > 0 && html`<div><dt>Missing</dt>
    <dd>${worker.wants.map(want => html`<p key=${want}>${want}</p>`)}</dd></div>`}
</dl>`;

function Drain({ worker, reload }) {
  const change = async () => {
    await post(`/admin/workers/${worker.drained ? 'resume' : 'drain'}${query({ name: worker.name })}`);
    reload();
  };
  return html`<${ActionButton} icon=${worker.drained ? 'play' : 'pause'} run=${change}
    done=${worker.drained ? `${worker.name} resumed.` : `${worker.name} takes no new jobs.`}>
    ${worker.drained ? 'Resume' : 'Drain'}<//>`;
}
