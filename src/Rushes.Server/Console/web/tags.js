// Favorites and tags of a job. A favorite is a job with the tag "favorite".
import { html, useState } from './html.js';
import { put } from './api.js';
import { Button, Dialog, ErrorMessage, IconButton } from './parts.js';

export const favorite = 'favorite';

/** The tags that people see as tags. */
export const shown = tags => tags.filter(tag => tag !== favorite);

export const setTags = (id, tags) => put(`/jobs/${id}/tags`, { tags });

export function Favorite({ id, tags, onChange }) {
  const isOne = tags.includes(favorite);
  const flip = async () => {
    const next = isOne ? shown(tags) : [...tags, favorite];
    await setTags(id, next);
    onChange(next);
  };
  return html`<${IconButton} icon="star" name=${isOne ? 'Remove from favorites' : 'Add to favorites'}
    aria-pressed=${isOne} data-on=${isOne ? '' : undefined} onClick=${flip} />`;
}

/** Edits tags as text, separated by commas. */
export function TagDialog({ id, tags, onChange, onClose }) {
  const [error, setError] = useState(null);
  const save = async event => {
    event.preventDefault();
    const typed = event.target.tags.value.split(',').map(tag => tag.trim()).filter(Boolean);
    const next = [...new Set([...typed, ...tags.filter(tag => tag === favorite)])];
    try {
      await setTags(id, next);
      onChange(next);
      onClose();
    } catch (refused) {
      setError(refused);
    }
  };
  return html`<${Dialog} title=${`Tags of job ${id}`} onClose=${onClose}><form class="fields" onSubmit=${save}>
    <label class="field"><span class="label">Tags</span>
      <input name="tags" defaultValue=${shown(tags).join(', ')} autofocus autocomplete="off" placeholder="sea, client A" />
      <span class="help">Separate tags by commas. Up to 10 tags of 40 characters.</span></label>
    <${ErrorMessage} error=${error} />
    <footer><${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="main">Save tags<//></footer></form><//>`;
}
