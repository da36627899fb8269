// The gallery: the account's finished videos with thumbnails, favorites and tags.
import { html, useEffect, useState } from './html.js';
import { get, query, remove } from './api.js';
import { go } from './route.js';
import { ConfirmButton, Button, Empty, ErrorMessage, IconButton, Thumb } from './parts.js';
import { Icon } from './icons.js';
import { lazily } from './lazy.js';
import { draggable } from './reuse.js';
import { Favorite, favorite, shown, TagDialog } from './tags.js';
import { ago, at, span } from './words.js';

const ShareDialog = lazily(() => import('./share.js'), 'ShareDialog');
const page = 24;

export function Gallery({ who, query: filter }) {
  const may = who.scopes.includes('submit');
  const [list, setList] = useState(null);
  const [error, setError] = useState(null);
  const [tags, setTags] = useState([]);
  const [chosen, setChosen] = useState([]);
  const load = before => get('/gallery' + query({ tag: filter.tag, before, limit: page }));
  const readTags = () => get('/tags').then(found => setTags(found.tags), setError);

  useEffect(() => {
    let gone = false;
    setList(null);
    load().then(found => gone || setList(found), refused => gone || setError(refused));
    readTags();
    return () => { gone = true; };
  }, [filter.tag]);

  const more = async () => {
    const next = await load(list.next);
    setList({ items: [...list.items, ...next.items], next: next.next });
  };
  const change = (id, tags) => {
    setList({ ...list, items: list.items.map(item => item.job.id === id ? { ...item, tags } : item) });
    readTags();
  };
  const drop = ids => {
    setList({ ...list, items: list.items.filter(item => !ids.includes(item.job.id)) });
    setChosen([]);
    readTags();
  };
  const select = id => setChosen(chosen.includes(id) ? chosen.filter(other => other !== id) : [...chosen, id]);

  return html`<header class="head"><h1>Gallery</h1><span class="gap" />
      ${chosen.length > 0 && html`
        <${Selection} chosen=${chosen} may=${may} onDeleted=${drop} onClear=${() => setChosen([])} />`}</header>
    <${Tags} tags=${tags} value=${filter.tag} />
    <${ErrorMessage} error=${error} />
    ${list && (list.items.length ? html`<ul class="tiles">${list.items.map(item => html`
        <${Tile} key=${item.job.id} item=${item} may=${may} chosen=${chosen.includes(item.job.id)}
          onSelect=${() => select(item.job.id)} onTags=${tags => change(item.job.id, tags)} />`)}</ul>`
      : html`<${Empty} icon="film" title=${filter.tag ? 'No videos with this tag' : 'No videos yet'}>
          Create one in the <a href="/console">playground</a>.<//>`)}
    ${list?.next && html`<div class="older"><${Button} kind="quiet" onClick=${more}>Older videos<//></div>`}`;
}

/** The filter by favorites and tags. */
function Tags({ tags, value }) {
  const all = [...new Set([favorite, ...tags.map(each => each.tag)])];
  const countOf = tag => tags.find(each => each.tag === tag)?.jobs ?? 0;
  const pick = tag => go('/console/gallery' + query({ tag: tag === value ? undefined : tag }), { replace: true });
  return html`<div class="filters"><div class="chips" role="group" aria-label="Tags">${all.map(tag => html`
    <button type="button" class="chip" key=${tag} aria-pressed=${tag === value} onClick=${() => pick(tag)}>
      ${tag === favorite ? 'Favorites' : tag} <small>${countOf(tag)}</small></button>`)}</div></div>`;
}

function Selection({ chosen, may, onDeleted, onClear }) {
  const run = async () => {
    for (const id of chosen) await remove(`/jobs/${id}`);
    onDeleted(chosen);
  };
  return html`<span class="faint">${chosen.length} selected</span>
    <${Button} icon="compare" disabled=${chosen.length < 2}
      onClick=${() => go(`/console/compare?jobs=${chosen.join(',')}`)}>Compare<//>
    ${may && html`<${ConfirmButton} kind="quiet danger" icon="cross" title=${`Delete ${chosen.length} jobs?`} action="Delete"
      text="The jobs, their videos and inputs are deleted and cannot be restored. Share links of them stop working."
      run=${run} done="The jobs were deleted.">Delete<//>`}
    <${Button} kind="quiet" onClick=${onClear}>Clear<//>`;
}

function Tile({ item, may, chosen, onSelect, onTags }) {
  const { job, tags } = item;
  const [open, setOpen] = useState(null);
  const close = () => setOpen(null);
  const title = job.prompt || job.model;
  return html`<li class="tile card" data-chosen=${chosen ? '' : undefined} ...${draggable(job)}>
    <a href=${`/console/jobs/${job.id}`} aria-label=${`Job ${job.id}: ${title}`}><${Thumb} job=${job} /></a>
    <label class="pick"><input type="checkbox" checked=${chosen} onChange=${onSelect}
      aria-label=${`Select job ${job.id}`} /></label>
    <p class="title">${title}</p>
    <p class="faint"><small>${job.model} · ${span(job.video.seconds)} ·${' '}
      <time datetime=${job.created_at} title=${at(job.created_at)}>${ago(job.created_at)}</time></small></p>
    ${shown(tags).length > 0
      && html`<p class="tags">${shown(tags).map(tag => html`<span key=${tag}>${tag}</span>`)}</p>`}
    ${may && html`<div class="tile-tools">
      <${Favorite} id=${job.id} tags=${tags} onChange=${onTags} />
      <${IconButton} icon="tag" name="Edit tags" onClick=${() => setOpen('tags')} />
      <${IconButton} icon="film" name="Use these settings" onClick=${() => go(`/console?job=${job.id}`)} />
      <${IconButton} icon="next" name="Continue from the last frame" onClick=${() => go(`/console?continue=${job.id}`)} />
      <${IconButton} icon="share" name="Share" onClick=${() => setOpen('share')} />
      <a class="tool" href=${job.video_url} download=${`rushes-${job.id}.mp4`} aria-label="Download" title="Download">
        <${Icon} name="download" size="18" /></a></div>`}
    ${open === 'tags' && html`<${TagDialog} id=${job.id} tags=${tags} onChange=${onTags} onClose=${close} />`}
    ${open === 'share' && html`<${ShareDialog} id=${job.id} onClose=${close} />`}
  </li>`;
}
