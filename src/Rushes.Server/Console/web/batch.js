// Several videos at once: one per line of the prompt, and variations with different seeds.
import { html } from './html.js';
import { Fold } from './fold.js';
import { Select } from './parts.js';

/** The maximum number of videos of one batch. */
export const most = 16;

const newSeed = () => Math.floor(Math.random() * 2 ** 31);

/** The requests of the form; without batch settings this is the form's own request. */
export function requestsOf(fields, values) {
  const variations = values.variations ?? 1;
  const lines = (fields.prompt ?? '').split('\n').map(line => line.trim()).filter(Boolean);
  const prompts = values.lines && lines.length ? lines : [fields.prompt];
  return prompts.flatMap(prompt => Array.from({ length: variations }, (_, i) => ({
    ...fields, ...(prompt === undefined ? {} : { prompt }), ...(i > 0 ? { seed: newSeed() } : {}),
  })));
}

const counts = [1, 2, 3, 4, 6, 8].map(count => ({ value: String(count), text: count === 1 ? '1 video' : `${count} variations` }));

export const Batch = ({ values, set }) => html`<${Fold} class="more" title="Batch">${() => html`
  <div class="more-fields">
    <${Select} label="Variations" value=${String(values.variations ?? 1)} options=${counts}
      onChange=${count => set('variations', count === '1' ? undefined : Number(count))} />
    <div class="field"><label class="switch">
      <input type="checkbox" role="switch" checked=${values.lines ?? false}
        onChange=${event => set('lines', event.target.checked || undefined)} />
      <span class="track" /><span>One video per line of the prompt</span></label>
      <span class="help">Up to ${most} videos. They open side by side.</span></div>
  </div>`}<//>`;
