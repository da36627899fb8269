// Presets: settings of the form, with its prompt, that an account saved under a name.
import { html, useState } from './html.js';
import { get, put, remove } from './api.js';
import { Fold } from './fold.js';
import { selectGap } from './gaps.js';
import { Button, ErrorMessage, IconButton, notice } from './parts.js';

export function Presets({ catalog, form, model, change }) {
  const [presets, setPresets] = useState(null);
  const [error, setError] = useState(null);
  const [name, setName] = useState('');
  const load = () => get('/presets').then(found => { setPresets(found.presets); setError(null); }, setError);
  const open = () => { if (!presets) load(); };

  const save = async () => {
    try {
      await put(`/presets/${encodeURIComponent(name.trim())}`, { model: model.id, values: form.values });
      setName('');
      notice('Preset saved.');
      await load();
    } catch (refused) {
      setError(refused);
    }
  };
  // Part of the form, where Enter would generate.
  const enter = event => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    if (name.trim()) save();
  };
  const apply = ({ content }) => {
    const isKnown = catalog.models.some(each => each.id === content.model);
    if (!isKnown) return notice(`The model ${content.model} is not available.`, 'bad');
    change({ model: content.model, values: content.values ?? {} });
    // Once the form has it.
    requestAnimationFrame(() => {
      const prompt = document.querySelector('.ask-form [name=prompt]');
      if (prompt) selectGap(prompt);
    });
  };
  const drop = preset => remove(`/presets/${encodeURIComponent(preset.name)}`).then(load, setError);

  return html`<${Fold} class="more presets" title="Presets" onOpen=${open}>${() => html`
    <div class="more-fields">
      <${ErrorMessage} error=${error} />
      ${presets?.length > 0 && html`<ul>${presets.map(preset => html`<li key=${preset.name}>
        <button type="button" class="chip" onClick=${() => apply(preset)}>${preset.name}</button>
        <${IconButton} icon="cross" name=${`Delete preset ${preset.name}`} onClick=${() => drop(preset)} /></li>`)}</ul>`}
      <div class="field"><label class="label" for="preset-name">Save the current settings and prompt</label>
        <span class="amount"><input id="preset-name" class="wide" value=${name} maxlength="60" autocomplete="off"
          placeholder="Name" onInput=${event => setName(event.target.value)} onKeyDown=${enter} />
        <${Button} disabled=${!name.trim()} onClick=${save}>Save<//></span>
        <span class="help">Words in braces, such as {subject}, are selected one after the other when the preset is used;
          Tab goes to the next one. Files are not part of a preset.</span></div>
    </div>`}<//>`;
}
