// What one would look at first when something is odd.
import { html } from './html.js';
import { get } from './api.js';
import { Button, Trouble } from './parts.js';
import { Icon } from './icons.js';
import { usePoll } from './live.js';

const tones = { good: ['completed', 'check', 'Good'], warning: ['queued', 'warn', 'Warning'], bad: ['failed', 'warn', 'Bad'] };
const said = { good: 'All is well', warning: 'Something wants a look', bad: 'Something is wrong' };

export function Health() {
  const { data, error, reload } = usePoll(signal => get('/admin/health', signal), 10000, []);
  return html`<header class="head"><h1>Health</h1>${data && html`<${Tone} state=${data.state} text=${said[data.state]} />`}<span class="gap" /><${Button} icon="again" onClick=${reload}>Look again<//></header>
    <${Trouble} error=${error} />
    ${data && html`<ul class="card checks">${data.checks.map(check => html`<li key=${check.name} data-state=${check.state}>
      <${Tone} state=${check.state} /><div><h2>${check.name}</h2><p>${check.text}.</p>${check.cure && html`<p class="cure"><${Icon} name="right" size="16" />${check.cure}</p>`}</div></li>`)}</ul>`}`;
}

const Tone = ({ state, text }) => html`<span class="state" data-state=${tones[state][0]}><${Icon} name=${tones[state][1]} size="14" />${text ?? tones[state][2]}</span>`;
