// The command palette: goes to pages and jobs by keyboard.
import { html, useEffect, useRef, useState } from './html.js';
import { go } from './route.js';
import { Icon } from './icons.js';

/** @param pages the pages that the user may see */
export function Palette({ pages, onClose }) {
  const dialog = useRef();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  useEffect(() => {
    const open = dialog.current;
    open.showModal();
    return () => open.close();
  }, []);

  const commands = commandsFor(text.trim(), pages);
  const run = command => { onClose(); command.run(); };
  const press = event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt((at + step + commands.length) % commands.length);
    } else if (event.key === 'Enter' && commands[at]) {
      event.preventDefault();
      run(commands[at]);
    }
  };
  return html`<dialog class="palette" ref=${dialog} aria-label="Commands"
      onCancel=${event => { event.preventDefault(); onClose(); }}
      onClick=${event => event.target === dialog.current && onClose()}>
    <div class="find"><${Icon} name="search" size="18" />
      <input type="search" role="combobox" aria-label="Command, words of a prompt, or job id" aria-expanded="true"
        aria-controls="commands" aria-activedescendant=${commands[at] && `command-${at}`} autofocus autocomplete="off"
        placeholder="Go to a page, a job, or find prompts" value=${text} onKeyDown=${press}
        onInput=${event => { setText(event.target.value); setAt(0); }} /></div>
    <ul id="commands" role="listbox" aria-label="Commands">${commands.map((command, i) => html`
      <li key=${command.title} id=${`command-${i}`} role="option" aria-selected=${i === at} onClick=${() => run(command)}>
        <${Icon} name=${command.icon} size="18" />${command.title}</li>`)}</ul>
  </dialog>`;
}

function commandsFor(text, pages) {
  const all = [
    ...pages.map(page => ({ title: page.title, icon: page.icon, run: () => go(page.path) })),
    { title: 'Favorites', icon: 'star', run: () => go('/console/gallery?tag=favorite') },
    { title: 'Running jobs', icon: 'play', run: () => go('/console/jobs?state=running') },
    { title: 'Failed jobs', icon: 'warn', run: () => go('/console/jobs?state=failed') },
    { title: 'Documentation', icon: 'text', run: () => location.assign('/docs') },
    { title: 'API reference', icon: 'code', run: () => location.assign('/openapi') },
  ];
  const fits = all.filter(command => command.title.toLowerCase().includes(text.toLowerCase()));
  if (!text) return fits;
  const found = /^\d{1,18}$/.test(text)
    ? { title: `Open job ${text}`, icon: 'jobs', run: () => go(`/console/jobs/${text}`) }
    : { title: `Find jobs with “${text}”`, icon: 'search', run: () => go(`/console/jobs?words=${encodeURIComponent(text)}`) };
  return [...fits, found];
}
