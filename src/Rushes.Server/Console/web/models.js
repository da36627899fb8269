// The list of models, with search.
import { html, useEffect, useState } from './html.js';
import { get, query, thumbnailOf } from './api.js';
import { Icon } from './icons.js';
import { ModelLines, ModelPicture } from './model.js';
import { Dialog } from './parts.js';
import { kinds } from './words.js';

export function ModelDialog({ catalog, chosen, account, onPick, onClose }) {
  const [words, setWords] = useState('');
  const pictures = usePictures(account);
  const asked = words.toLowerCase().split(/\s+/).filter(Boolean);
  const textOf = model => `${model.id} ${model.title} ${kinds[model.kind]?.title}`.toLowerCase();
  const fits = model => asked.every(word => textOf(model).includes(word));
  const found = catalog.models.filter(fits);
  // The kind of the chosen model comes first.
  const groups = [...new Set([chosen.kind, ...found.map(model => model.kind)])]
    .map(kind => ({ kind, models: found.filter(model => model.kind === kind) })).filter(group => group.models.length);
  const first = groups.flatMap(group => group.models).find(model => !model.not_allowed);
  // Part of the form, where Enter would generate.
  const enter = event => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    event.stopPropagation();
    if (first) onPick(first.id);
  };
  return html`<${Dialog} title="Choose a model" wide onClose=${onClose}>
    <div class="find wide"><${Icon} name="search" size="18" />
      <input type="search" aria-label="Find models" placeholder="Find models" autofocus autocomplete="off" spellcheck="false"
        value=${words} onInput=${event => setWords(event.target.value)} onKeyDown=${enter} /></div>
    <div class="models-list">${groups.map(({ kind, models }) => html`<section key=${kind}>
      <h3>${kinds[kind]?.title ?? kind}</h3>
      <ul>${models.map(model => html`<li key=${model.id}>
        <button type="button" class="model-button" aria-pressed=${model.id === chosen.id} title=${model.not_allowed}
          disabled=${Boolean(model.not_allowed)} onClick=${() => onPick(model.id)}>
          <${ModelPicture} model=${model} source=${pictures[model.id]} /><${ModelLines} model=${model} /></button>
        </li>`)}</ul></section>`)}
      ${groups.length === 0 && html`<p class="help">No models match.</p>`}</div><//>`;
}

/** Thumbnails of the account's latest videos by model, while the dialog is open. */
function usePictures(account) {
  const [pictures, setPictures] = useState({});
  useEffect(() => {
    get(`/jobs${query({ state: 'completed', limit: 50, account })}`)
      .then(found => setPictures(Object.fromEntries(found.jobs.filter(job => job.video_url).reverse()
        .map(job => [job.model, thumbnailOf(job.id)]))))
      .catch(() => {});
  }, []);
  return pictures;
}
