// The dialog that makes a share link of a video.
import { html, useState } from './html.js';
import { post } from './api.js';
import { Button, Copy, Dialog, ErrorMessage, Select } from './parts.js';
import { at } from './words.js';

const lives = [
  { value: '1', text: '1 hour' }, { value: '24', text: '1 day' },
  { value: '168', text: '7 days' }, { value: '720', text: '30 days' },
];

export function ShareDialog({ id, onClose }) {
  const [hours, setHours] = useState('24');
  const [link, setLink] = useState(null);
  const [error, setError] = useState(null);
  const make = () => post(`/jobs/${id}/share`, { hours: Number(hours) }).then(setLink, setError);
  const choose = value => { setHours(value); setLink(null); };
  return html`<${Dialog} title="Share this video" onClose=${onClose}>
    <p>Anyone with the link can watch and download the video. The page does not show the prompt.
      To end the link earlier, delete the job.</p>
    <${Select} label="Link expires after" value=${hours} onChange=${choose} options=${lives} />
    <${ErrorMessage} error=${error} />
    ${link && html`<p class="id secret"><code>${link.url}</code><${Copy} text=${link.url} name="Copy link" /></p>
      <p class="help">Works until ${at(link.expires_at)}.</p>`}
    <footer><${Button} onClick=${onClose}>Close<//>
      <${Button} kind="main" icon="share" onClick=${make}>Create link<//></footer><//>`;
}
