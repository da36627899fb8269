// The results of the doctor's checks.
import { html, useEffect, useState } from './html.js';
import { get, post } from './api.js';
import { ActionButton, ErrorMessage } from './parts.js';
import { Icon } from './icons.js';
import { clock, label } from './words.js';

const tones = { ok: ['completed', 'check', 'OK'], warning: ['queued', 'warn', 'Warning'], error: ['failed', 'warn', 'Error'] };
const rank = { error: 0, warning: 1, ok: 2 };

export function Health() {
  const [found, setFound] = useState(null);
  const [trial, setTrial] = useState(null);
  const [error, setError] = useState(null);
  const look = () => get('/admin/health').then(answer => { setFound(answer); setError(null); }, setError);
  useEffect(() => { look(); }, []);

  const worst = found && [...found.findings].sort((a, b) => rank[a.level] - rank[b.level])[0].level;
  return html`<header class="head"><h1>Health</h1>
      ${found ? html`<${Tone} level=${worst} text=${{ ok: 'Healthy', warning: 'Warnings', error: 'Errors' }[worst]} />
        <small>at ${clock(found.at)}</small>` : !error && html`<small>Checking …</small>`}
      <span class="gap" /><${ActionButton} icon="film" run=${async () => setTrial(await post('/admin/health/trial'))}
        done="All workers tested.">Test workers<//><${ActionButton} icon="again" run=${look}>Refresh<//></header>
    <${ErrorMessage} error=${error} />
    ${trial && html`<h2 class="over-list">Test video on each worker</h2><${Findings} findings=${trial.findings} />`}
    ${found && html`<${Findings} findings=${found.findings} />`}`;
}

const Findings = ({ findings }) =>
  html`<ul class="card checks">${[...findings].sort((a, b) => rank[a.level] - rank[b.level]).map((finding, i) => html`
  <li key=${i} data-level=${finding.level}><${Tone} level=${finding.level} />
    <div><h2>${finding.check === 'ffmpeg' ? 'ffmpeg' : label(finding.check)}</h2><p>${finding.says}</p>
      ${finding.do && html`<p class="cure"><${Icon} name="right" size="16" />${finding.do}</p>`}</div></li>`)}</ul>`;

const Tone = ({ level, text }) =>
  html`<span class="state" data-state=${tones[level][0]}><${Icon} name=${tones[level][1]} size="14" />
    ${text ?? tones[level][2]}</span>`;
