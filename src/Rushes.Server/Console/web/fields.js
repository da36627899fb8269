// Form controls for the fields of a model, by their type in the catalog.
import { html, useEffect, useId, useRef, useState } from './html.js';
import { nextGap } from './gaps.js';
import { Choice, IconButton } from './parts.js';
import { label } from './words.js';

const names = {
  higher_quality_with_more_steps: 'Higher quality (more steps)', use_best_resolution: 'Height sets the shorter side',
  enable_safety_checker: 'Safety checker', new_resolution: 'Scale to', duration: 'Length', height: 'Resolution',
    draft: 'Draft first',
};
export const titleOf = field => names[field.name] ?? label(field.name);

export function Field({ field, value, max, onChange, problem }) {
  const id = useId();
  const shared = { id, field, value, onChange, problem, max: max ?? field.max, title: titleOf(field) };
  if (field.type === 'boolean') return html`<${Switch} ...${shared} />`;
  if (field.type === 'resolution') return html`<${Resolution} ...${shared} />`;
  if (field.options) return html`<${Options} ...${shared} />`;
  if (field.name === 'seed') return html`<${Seed} ...${shared} />`;
  if (field.type === 'number' || field.type === 'integer') return html`<${Amount} ...${shared} />`;
  return html`<${Words} ...${shared} />`;
}

const About = ({ id, field, problem, corrected }) => html`
  ${corrected && html`<span class="help" role="status">${corrected}</span>`}
  ${problem ? html`<span class="problem" id=${id + '-about'}>${problem}</span>`
    : field.help && html`<span class="help" id=${id + '-about'}>${field.help}</span>`}`;

function Words({ id, field, title, value = '', onChange, problem }) {
  const area = useRef();
  useEffect(() => {
    area.current.style.height = 'auto';
    area.current.style.height = `${area.current.scrollHeight + 2}px`;
  }, [value]);
  const long = field.max_length && value.length > field.max_length * 0.8;
  return html`<div class="field">
    <label class="label" for=${id}>${title}${field.required && html`<span class="must" title="Required"> *</span>`}</label>
    <textarea id=${id} ref=${area} name=${field.name} rows=${field.name === 'prompt' ? 3 : 2} value=${value}
      required=${field.required} onKeyDown=${nextGap}
      aria-invalid=${problem ? 'true' : undefined}
      aria-describedby=${id + '-about'} onInput=${event => onChange(event.target.value)}
        placeholder=${field.name === 'prompt' ? field.help : ''} />
    ${(field.name !== 'prompt' || problem) && html`<${About} id=${id} field=${field} problem=${problem} />`}
    ${long && html`<span class="help">${value.length} of ${field.max_length} characters</span>`}
  </div>`;
}

function Amount({ id, field, title, value, max, onChange, problem }) {
  const slides = field.min != null && max != null && max - field.min <= 1000;
  const step = field.step ?? (field.type === 'integer' ? 1 : 0.5);
  const shown = value ?? field.default ?? (slides ? field.min : '');
  const [box, corrected] = useNumber(field, max, slides ? Math.min(shown, max) : shown, onChange);
  const slide = event => onChange(Number(event.target.value));
  const filled = `${((Math.min(shown, max) - field.min) / (max - field.min)) * 100}%`;
  return html`<div class="field">
    <label class="label" for=${id}>${title}</label>
    <span class="amount">
      ${slides && html`<input type="range" aria-label=${title} style=${{ '--at': filled }} min=${field.min} max=${max}
        step=${step} value=${Math.min(shown, max)} onInput=${slide} />`}
      <input id=${id} type="number" min=${field.min} max=${max} step=${step} ...${box}
        aria-invalid=${problem ? 'true' : undefined} aria-describedby=${id + '-about'} />
      ${field.name === 'duration' && html`<span class="unit">s</span>`}
    </span>
    <${About} id=${id} field=${field} problem=${problem} corrected=${corrected} />
  </div>`;
}

/** A number that is not corrected while it is typed. When its box is left it is brought into range, which is said. */
function useNumber(field, max, value, onChange) {
  const [text, setText] = useState(null);
  const [corrected, setCorrected] = useState(null);
  const whole = field.type === 'integer';
  const inRange = number => Math.min(max ?? Infinity, Math.max(field.min ?? -Infinity, whole ? Math.round(number) : number));
  const onInput = ({ target }) => {
    setText(target.value);
    setCorrected(null);
    if (target.value === '') target.validity.badInput || onChange(undefined);
    else if (inRange(Number(target.value)) === Number(target.value)) onChange(Number(target.value));
  };
  const onBlur = () => {
    const number = text ? inRange(Number(text)) : null;
    if (number != null) onChange(number);
    const allowed = `${whole ? 'whole numbers ' : ''}${field.min ?? ''} to ${max ?? ''}`;
    if (number != null && number !== Number(text)) setCorrected(`Changed to ${number}. Allowed: ${allowed}.`);
    setText(null);
  };
  return [{ value: text ?? value, onInput, onBlur }, corrected];
}

function Seed({ id, field, title, value, onChange, problem }) {
  const [box, corrected] = useNumber(field, field.max, value ?? '', onChange);
  return html`<div class="field">
    <label class="label" for=${id}>${title}</label>
    <span class="amount"><input id=${id} type="number" class="wide" min=${field.min} max=${field.max} step="1"
      placeholder="Random" ...${box} aria-describedby=${id + '-about'} />
      <${IconButton} icon="dice" name="Random seed" onClick=${() => onChange(Math.floor(Math.random() * 2 ** 31))} /></span>
    <${About} id=${id} field=${field} problem=${problem} corrected=${corrected} />
  </div>`;
}

const Switch = ({ id, field, title, value, onChange, problem }) => html`<div class="field">
  <label class="switch"><input id=${id} type="checkbox" role="switch" checked=${value ?? field.default ?? false}
    onChange=${event => onChange(event.target.checked)} aria-describedby=${id + '-about'} />
    <span class="track" /><span>${title}</span></label>
  <${About} id=${id} field=${field} problem=${problem} />
</div>`;

function Resolution({ id, field, title, value, onChange, problem }) {
  const sides = [480, 720, 1080, 1440, 2160].filter(side => side >= (field.min ?? 0) && side <= (field.max ?? Infinity));
  return html`<div class="field"><label class="label" for=${id}>${title}</label>
    <span class="box"><select id=${id} value=${value ?? ''}
      onChange=${event => onChange(event.target.value ? Number(event.target.value) : undefined)}
        aria-describedby=${id + '-about'}>
      <option value="">Original size</option>${sides.map(side => html`<option value=${side}>${side}p</option>`)}</select></span>
    <${About} id=${id} field=${field} problem=${problem} /></div>`;
}

const Options = ({ id, field, title, value, onChange, problem }) =>
  html`<div class="field"><label class="label" for=${id}>${title}</label>
  <span class="box"><select id=${id} value=${value ?? field.default ?? ''} onChange=${event => onChange(event.target.value)}
    aria-describedby=${id + '-about'}>
    ${field.options.map(option => html`<option value=${option}>${option}</option>`)}</select></span>
  <${About} id=${id} field=${field} problem=${problem} /></div>`;

/** A model's sizes, shown with their aspect ratio. */
export const Sizes = ({ sizes, value, onChange }) => html`<fieldset class="sizes">
  <legend class="label">Size</legend>
  <div>${sizes.map(size => {
    const [width, height] = size.split('x').map(Number);
    const scale = 22 / Math.max(width, height);
    return html`<label key=${size}>
      <input type="radio" name="size" value=${size} checked=${size === value} onChange=${() => onChange(size)} />
      <span><i style=${{ width: `${width * scale}px`, height: `${height * scale}px` }} />
        <span>${width}×${height}</span></span></label>`;
  })}</div>
</fieldset>`;

export const Heights = ({ heights, value, onChange }) => html`
  <${Choice} name="height" legend="Resolution" value=${value ?? heights[0]} onChange=${onChange}
    options=${heights.map(height => ({ value: height, text: `${height}p` }))} />`;
