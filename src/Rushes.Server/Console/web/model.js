// The choice of a model: a button that shows the chosen one and opens the list.
import { html, useState } from './html.js';
import { Icon } from './icons.js';
import { lazily } from './lazy.js';
import { kinds, span } from './words.js';

const ModelDialog = lazily(() => import('./models.js'), 'ModelDialog');

export function ModelChoice({ catalog, model, account, onChange }) {
  const [open, setOpen] = useState(false);
  const pick = id => {
    setOpen(false);
    onChange(id);
  };
  return html`<div class="field">
    <span class="label" id="model-label">Model</span>
    <button type="button" class="model-button" aria-haspopup="dialog" aria-labelledby="model-label model-chosen"
      onClick=${() => setOpen(true)}>
      <${ModelPicture} model=${model} /><${ModelLines} model=${model} id="model-chosen" />
      <${Icon} name="down" size="16" /></button>
    ${(model.licence || model.note)
      && html`<span class="help">${[model.licence && `Licence: ${model.licence}.`, model.note].filter(Boolean).join(' ')}</span>`}
    ${open && html`<${ModelDialog} catalog=${catalog} chosen=${model} account=${account} onPick=${pick}
      onClose=${() => setOpen(false)} />`}
  </div>`;
}

/** What a model makes, its id, and what distinguishes it. */
export const ModelLines = ({ model, id }) => html`<span class="model-lines" id=${id}>
  <b>${model.title}</b><small><code>${model.id}</code> · ${facts(model)}</small></span>`;

function facts(model) {
  const heights = Object.keys(model.max_seconds).map(Number);
  const longest = Math.max(...Object.values(model.max_seconds));
  return `${Math.max(...heights)}p · up to ${span(longest)} · ${model.tier} tier`;
}

/** The account's latest video of the model if there is one, otherwise a drawing. */
export function ModelPicture({ model, source }) {
  if (source) return html`<img class="model-picture" src=${source} alt="" loading="lazy" />`;
  const seed = [...model.title].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7);
  const [hue, left, peak] = [seed % 360, 8 + seed % 14, 12 + seed % 9];
  return html`<span class="model-picture" aria-hidden="true">
    <svg viewBox="0 0 64 40" preserveAspectRatio="xMidYMid slice">
      <rect width="64" height="40" fill=${`hsl(${hue} 45% 72%)`} />
      <circle cx=${64 - left} cy="12" r="5.5" fill=${`hsl(${(hue + 40) % 360} 80% 90%)`} />
      <path d=${`M0 ${peak + 8}L${left} ${peak}L${left + 20} ${peak + 14}L64 ${peak + 2}V40H0z`} fill=${`hsl(${hue} 38% 46%)`} />
      <path d=${`M0 34L${left + 14} 25L64 36V40H0z`} fill=${`hsl(${hue} 40% 30%)`} /></svg>
    <${Icon} name=${kinds[model.kind]?.icon ?? 'film'} size="18" /></span>`;
}
