// The upload field for an image, audio or video; files are checked as soon as they are added.
import { html, useId, useState } from './html.js';
import { upload } from './api.js';
import { Icon } from './icons.js';
import { IconButton } from './parts.js';
import { draggedJob } from './reuse.js';
import { label, size, span } from './words.js';

const accepts = { picture: 'image/jpeg,image/png,image/webp', sound: 'audio/*,.mp3,.wav,.ogg,.m4a,.flac,.aac,.wma',
  clip: 'video/mp4,video/quicktime,video/webm' };
const formats = { picture: 'JPEG, PNG, WebP', sound: 'MP3, WAV, OGG, M4A, FLAC', clip: 'MP4, MOV, WebM' };
const named = { picture: 'an image', sound: 'audio', clip: 'a video' };
const icons = { picture: 'picture', sound: 'voice', clip: 'clip' };
const titles = {
  data_uri: { picture: 'Image', clip: 'Video' }, second_image_uri: { picture: 'Last frame' }, audio_uri: { sound: 'Audio' },
};

/** The label of a media field. Of two images, the first is the first frame. */
export const mediaTitle = (field, all = []) =>
  field.name === 'data_uri' && all.some(other => other.name === 'second_image_uri') ? 'First frame'
  : titles[field.name]?.[field.media[0]] ?? label(field.name);

const families = { image: 'picture', audio: 'sound', video: 'clip' };
export const kindOf = file => families[file.type.split('/')[0]] ?? null;

/** Uploads a file for a field; `put` receives each change of its state. */
export async function take(file, field, maxBytes, put) {
  const medium = { name: file.name, kind: kindOf(file) ?? field.media[0], url: URL.createObjectURL(file), bytes: file.size };
  if (file.size > maxBytes) return put({ ...medium,
    problem: `The file has ${size(file.size)}; the maximum is ${size(maxBytes)}.` });
  put({ ...medium, sending: true });
  try {
    const stored = await upload(file);
    const wrong = !field.media.includes(stored.kind)
      && `The file is ${named[stored.kind]}; use ${field.media.map(kind => named[kind]).join(' or ')}.`;
    put({ ...medium, ...stored, uri: wrong ? undefined : stored.uri, problem: wrong || undefined }, medium.url);
  } catch (error) {
    put({ ...medium, problem: error.message }, medium.url);
  }
}

export function Drop({ field, title, medium, maxBytes, onTake, onJob, onRemove, problem }) {
  const id = useId();
  const [over, setOver] = useState(false);
  const drop = event => {
    event.preventDefault();
    setOver(false);
    const job = draggedJob(event);
    if (job) onJob(job);
    else if (event.dataTransfer.files[0]) onTake(event.dataTransfer.files[0]);
  };
  const trouble = medium ? medium.problem : problem;
  const accept = field.media.map(kind => accepts[kind]).join(',');
  const choose = event => event.target.files[0] && onTake(event.target.files[0]);
  return html`<div class="field drop-field">
    <span class="label" id=${id + '-title'}>${title}
      ${field.required && html`<span class="must" title="Required"> *</span>`}</span>
    <div class=${`drop ${over ? 'over' : ''} ${medium ? 'full' : ''}`} data-bad=${trouble ? '' : undefined} onDrop=${drop}
      onDragOver=${event => { event.preventDefault(); setOver(true); }} onDragLeave=${() => setOver(false)}>
      ${medium ? html`<${MediaPreview} medium=${medium} title=${title} />
        <div class="facts">
          <span class="name">${medium.name}</span>
          <span class="help">${medium.sending ? 'Uploading …' : facts(medium)}</span>
          <span class="tools">
            <label class="tool" title="Replace"><${Icon} name="again" size="18" />
              <span class="unseen">Replace ${title.toLowerCase()}</span>
              <input type="file" class="unseen" accept=${accept} onChange=${choose} /></label>
            <${IconButton} icon="cross" name=${`Remove ${title.toLowerCase()}`} onClick=${onRemove} /></span>
        </div>`
      : html`<label class="ask"><input type="file" class="unseen" aria-labelledby=${id + '-title'}
        aria-describedby=${id + '-about'}
          accept=${accept} onChange=${choose} />
          <${Icon} name=${icons[field.media[0]]} size="24" />
          <span><b>Drop, paste or choose</b><br />
            <span class="help" id=${id + '-about'}>
              ${field.media.map(kind => formats[kind]).join(', ')} · up to ${size(maxBytes)}</span></span></label>`}
    </div>
    ${trouble ? html`<span class="problem" role="alert">${trouble}</span>`
      : field.help && html`<span class="help">${field.help}</span>`}
  </div>`;
}

export const MediaPreview = ({ medium, title }) =>
  medium.kind === 'picture' ? html`<img class="look" src=${medium.url} alt=${`${title}: ${medium.name}`} />`
  : medium.kind === 'sound' ? html`<audio class="look" src=${medium.url} controls preload="metadata"
    aria-label=${`${title}: ${medium.name}`} />`
  : html`<video class="look" src=${medium.url} controls muted playsinline preload="metadata"
    aria-label=${`${title}: ${medium.name}`} />`;

const formatOf = type => type && ({ mpeg: 'MP3', quicktime: 'MOV' }[type.split('/')[1]] ?? type.split('/')[1].toUpperCase());

const facts = medium => [
  medium.width && `${medium.width}×${medium.height}`, medium.seconds && span(medium.seconds), formatOf(medium.content_type),
    medium.bytes && size(medium.bytes),
].filter(Boolean).join(' · ');
