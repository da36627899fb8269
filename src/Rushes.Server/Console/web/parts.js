// Components shared by several pages.
import { html, useEffect, useRef, useState } from './html.js';
import { thumbnailOf } from './api.js';
import { Icon } from './icons.js';
import { states } from './words.js';

const stateIcons = { awaiting: 'bell', queued: 'clock', running: 'play', completed: 'check', failed: 'warn', cancelled: 'stop' };

export const State = ({ state }) => html`
  <span class="state" data-state=${state}><${Icon} name=${stateIcons[state]} size="14" />${states[state]}</span>`;

export const Button = ({ icon, kind = 'plain', busy, children, ...rest }) => html`
  <button type="button" ...${rest} class=${`button ${kind} ${rest.class ?? ''}`} disabled=${busy || rest.disabled}
    aria-busy=${busy ? 'true' : undefined}>
    ${busy ? html`<span class="spin" />` : icon && html`<${Icon} name=${icon} size="18" />`}
      ${children && html`<span>${children}</span>`}
  </button>`;

/** A button with only an icon. */
export const IconButton = ({ icon, name, ...rest }) => html`
  <button type="button" class="tool" aria-label=${name} title=${name} ...${rest}><${Icon} name=${icon} size="18" /></button>`;

/** Short messages that disappear after a few seconds; screen readers announce them. */
const notices = { show: () => {} };
export const notice = (text, kind = 'good') => notices.show({ text, kind, id: Math.random() });

export function Notices() {
  const [shown, setShown] = useState([]);
  useEffect(() => {
    notices.show = one => {
      setShown(all => [...all.slice(-2), one]);
      setTimeout(() => setShown(all => all.filter(other => other !== one)), one.kind === 'bad' ? 9000 : 5000);
    };
  }, []);
  return html`<div class="notices" role="status" aria-live="polite">${shown.map(one => html`
    <div class="notice" data-kind=${one.kind} key=${one.id}><${Icon} name=${one.kind === 'bad' ? 'warn' : 'check'} size="18" />
      ${one.text}</div>`)}</div>`;
}

/** A button that calls the server and shows the result. */
export function ActionButton({ run, done, ...rest }) {
  const [busy, setBusy] = useState(false);
  const press = async () => {
    setBusy(true);
    try {
      await run();
      if (done) notice(done);
    } catch (error) {
      notice(error.message, 'bad');
    }
    setBusy(false);
  };
  return html`<${Button} ...${rest} busy=${busy} onClick=${press} />`;
}

/**
 * A button whose action is confirmed in a dialog that says what it does.
 * @param typed a name that must be typed first, for actions that lock someone out or delete
 */
export function ConfirmButton({ title, text, action, typed, run, done, kind = 'plain', icon, children }) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const close = () => { setOpen(false); setName(''); };
  const ready = typed == null || name.trim() === typed;
  return html`<${Button} kind=${kind} icon=${icon} onClick=${() => setOpen(true)}>${children}<//>
    ${open && html`<${Dialog} title=${title} onClose=${close}><p>${text}</p>
      ${typed != null && html`<label class="field"><span class="label">Type <b>${typed}</b> to confirm</span>
        <input value=${name} autocomplete="off" autofocus onInput=${event => setName(event.target.value)} /></label>`}
      <footer><${Button} onClick=${close}>Cancel<//><${ActionButton} kind="danger" icon=${icon} disabled=${!ready} done=${done}
        run=${async () => { await run(); close(); }}>${action}<//></footer><//>`}`;
}

/** Radio buttons that look like one bar. */
export const Choice = ({ name, legend, options, value, onChange, hideLegend }) => html`
  <fieldset class="choice">
    <legend class=${hideLegend ? 'unseen' : 'label'}>${legend}</legend>
    <div class="bar">${options.map(option => html`
      <label key=${option.value}>
        <input type="radio" name=${name} value=${option.value} checked=${option.value === value}
          onChange=${() => onChange(option.value)} disabled=${option.disabled} />
        <span>${option.icon && html`<${Icon} name=${option.icon} size="17" />`}${option.text}</span>
      </label>`)}
    </div>
  </fieldset>`;

export const Select = ({ label, hideLabel, options, groups, value, onChange, id }) => html`
  <label class="select">
    <span class=${hideLabel ? 'unseen' : 'label'}>${label}</span>
    <span class="box">
      <select id=${id} value=${value} onChange=${event => onChange(event.target.value)}>
        ${options?.map(option => html`<option key=${option.value} value=${option.value} disabled=${option.disabled}>
          ${option.text}</option>`)}
        ${groups?.map(group => html`<optgroup key=${group.title} label=${group.title}>
          ${group.options.map(option => html`<option key=${option.value} value=${option.value} disabled=${option.disabled}>
            ${option.text}</option>`)}</optgroup>`)}
      </select>
      <${Icon} name="down" size="16" />
    </span>
  </label>`;

/** A table that scrolls horizontally if it is wider than the page. */
export const Table = ({ name, kind = '', children }) => html`
  <div class="scrolls" role="group" aria-label=${name} tabindex="0">
    <table class=${`list ${kind}`}><caption class="unseen">${name}</caption>${children}</table>
  </div>`;

export const Bar = ({ done, total, label }) => html`
  <div class="progress" role="progressbar" aria-label=${label} aria-valuemin="0" aria-valuemax=${total || undefined}
    aria-valuenow=${total ? done : undefined} data-open=${total ? undefined : ''}>
    <div style=${{ width: total ? `${Math.min(100, (done / total) * 100)}%` : undefined }} />
  </div>`;

export const Empty = ({ icon, title, children }) => html`
  <div class="empty"><span class="disc"><${Icon} name=${icon} size="26" /></span><h2>${title}</h2><div>${children}</div></div>`;

/** Nothing while the gateway does not respond, which the banner says. */
export const ErrorMessage = ({ error }) => error && error.status !== 0
  && html`<p class="trouble" role="alert"><${Icon} name="warn" size="18" />${error.message}</p>`;

export const Copy = ({ text, name = 'Copy' }) => {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(text).catch(() => {});
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return html`<${IconButton} icon=${done ? 'check' : 'copy'} name=${done ? 'Copied' : name} onClick=${copy} />`;
};

/** A video in a list: shows its thumbnail and plays on hover. Loaded when it becomes visible. */
export function Thumb({ job }) {
  const box = useRef();
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const watch = new IntersectionObserver(entries => entries.some(entry => entry.isIntersecting) && setSeen(true),
      { rootMargin: '200px' });
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  const play = event => event.currentTarget.play().catch(() => {});
  const rest = event => event.currentTarget.pause();
  return html`<span class="thumb" ref=${box} aria-hidden="true">
    ${!seen ? null
      : job.video_url ? html`<video src=${job.video_url} poster=${thumbnailOf(job.id)} muted loop playsinline preload="none"
        tabindex="-1" onMouseEnter=${play} onMouseLeave=${rest} />`
      : job.picture_url ? html`<img src=${job.picture_url} alt="" loading="lazy" />`
      : null}
    ${!job.video_url && html`<span class="over" data-state=${job.state}>
      <${Icon} name=${stateIcons[job.state]} size="18" /></span>`}
  </span>`;
}

/** A modal dialog; Esc closes it. */
export function Dialog({ title, onClose, children, wide }) {
  const dialog = useRef();
  useEffect(() => {
    const open = dialog.current;
    open.showModal();
    return () => open.close();
  }, []);
  return html`<dialog ref=${dialog} class=${wide ? 'wide' : ''} onCancel=${event => { event.preventDefault(); onClose(); }}
      onClick=${event => event.target === dialog.current && onClose()} aria-labelledby="dialog-title">
    <div class="dialog"><header><h2 id="dialog-title">${title}</h2>
      <${IconButton} icon="cross" name="Close" onClick=${onClose} /></header>${children}</div>
  </dialog>`;
}
