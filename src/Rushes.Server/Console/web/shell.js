// The layout of every page: navigation and the user menu.
import { html, useEffect, useRef, useState } from './html.js';
import { ping, signIn, signOut } from './api.js';
import { Reconnecting } from './connection.js';
import { forgetForm } from './saved.js';
import { go, useRoute } from './route.js';
import { Fold } from './fold.js';
import { Icon } from './icons.js';
import { Button, Choice, Empty, IconButton, ErrorMessage } from './parts.js';
import { lazily } from './lazy.js';
import { useNotify } from './notify.js';
import { usePaste } from './paste.js';
import { handOver } from './reuse.js';
import { start } from './start.js';
import { findPage, pagesFor } from './pages.js';
import { useTheme } from './theme.js';

export function Shell({ who, onLeave }) {
  const route = useRoute();
  const admin = who.scopes.includes('admin');
  const shown = pagesFor(admin);
  const found = findPage(route.path, admin);
  const current = found?.page.of ?? found?.page.path;
  const main = useRef();
  const [palette, setPalette] = useState(false);
  useShortcut(() => setPalette(true));
  // The playground's form takes pasted files itself.
  usePaste(file => {
    if (route.path === '/console' || !who.scopes.includes('submit')) return false;
    handOver(file);
    go('/console');
    return true;
  });

  useEffect(() => {
    document.title = found ? `${found.page.title}${found.key ? ` ${found.key}` : ''} · Rushes` : 'Rushes';
  }, [route.path]);

  return html`
    <a class="skip" href="#main" onClick=${event => { event.preventDefault(); main.current.focus(); }}>Skip to content</a>
    <div class="shell">
      <header class="side">
        <a class="brand" href="/console"><${Mark} /><span>Rushes</span></a>
        <nav aria-label="Pages"><ul>${shown.map(page => html`
          <li key=${page.path}><a href=${page.path} aria-current=${current === page.path ? 'page' : undefined}>
            <${Icon} name=${page.icon} /><span>${page.title}</span></a></li>`)}</ul></nav>
        <p class="outside"><a href="/docs">Documentation</a></p>
        <${Who} who=${who} onLeave=${onLeave} />
      </header>
      <main id="main" tabindex="-1" ref=${main}>
        <${Reconnecting} ask=${ping} />
        ${!found ? html`<${Empty} icon="search" title="Page not found"><a href="/console">Go to the playground</a><//>`
          : html`<${found.page.view} key=${found.page.title + (found.key ?? '')} who=${who} admin=${admin}
              query=${route.query} id=${found.key} />`}
      </main>
    </div>
    ${palette && html`<${Palette} pages=${shown} onClose=${() => setPalette(false)} />`}`;
}

const Palette = lazily(() => import('./palette.js'), 'Palette');

/** Ctrl+K, or Command+K. */
function useShortcut(run) {
  useEffect(() => {
    const press = event => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      run();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

function Who({ who, onLeave }) {
  const [theme, setTheme] = useTheme();
  const leave = () => {
    forgetForm();
    return signOut().then(out => (out?.url ? location.assign(out.url) : onLeave()), onLeave);
  };
  const [notify, setNotify] = useNotify();
  const menu = useClosing();
  const operator = who.scopes.includes('admin');
  const title = html`<span class="face" aria-hidden="true">${who.account.name[0].toUpperCase()}</span>
    <span class="names"><b>${who.account.name}</b><small>${operator ? 'operator' : who.plan}</small></span>`;
  return html`<${Fold} class="who" title=${title} box=${menu}>${() => html`
    <div class="menu">
      <p><b>${who.account.name}</b><br /><small>Key “${who.key}” · scopes: ${who.scopes.join(', ')}</small></p>
      <${Choice} name="theme" legend="Theme" value=${theme} onChange=${setTheme} options=${themes} />
      <label class="switch"><input type="checkbox" role="switch" checked=${notify}
        onChange=${event => setNotify(event.target.checked)} /><span class="track" />
        <span>Notify when a video is ready</span></label>
      <p class="outside"><a href="/docs">Documentation</a> <a href="/openapi/">API reference</a></p>
      <small class="faint">Press Ctrl+K for commands.</small>
      <${Button} icon="leave" onClick=${leave}>Sign out<//>
      <small class="faint">Rushes ${who.version}</small>
    </div>`}<//>`;
}

const themes = [
  { value: 'auto', text: 'Auto', icon: 'screen' }, { value: 'light', text: 'Light', icon: 'sun' },
  { value: 'dark', text: 'Dark', icon: 'moon' },
];

/** A menu that Escape or a click outside closes. */
function useClosing() {
  const menu = useRef();
  useEffect(() => {
    const close = event => {
      const outside = event.type === 'click' && !menu.current?.contains(event.target);
      if (event.key === 'Escape' || outside) menu.current?.removeAttribute('open');
    };
    addEventListener('click', close);
    addEventListener('keydown', close);
    return () => {
      removeEventListener('click', close);
      removeEventListener('keydown', close);
    };
  }, []);
  return menu;
}

/** The page to return to. */
const here = () => location.pathname + location.search;

export function SignIn({ onEnter, refused }) {
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const key = useRef();
  const enter = async event => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      onEnter(await signIn(key.current.value.trim()));
    } catch (failure) {
      setError(failure.status === 401 ? { message: 'Invalid or expired key.' } : failure);
      setBusy(false);
      key.current.select();
    }
  };
  return html`<main class="alone"><form class="card signin" onSubmit=${enter}>
    <${Mark} size="52" />
    <h1>Rushes</h1>
    ${/* With a target, so that followLinks leaves it to the browser. */
      start.provider && html`<a class="button main" target="_self" href=${`/console/sign-in?page=${encodeURIComponent(here())}`}>
      <${Icon} name="key" size="18" /><span>Sign in with ${start.provider}</span></a>`}
    <p>${start.provider ? 'Or sign in with an API key.' : 'Sign in with an API key.'}</p>
    <input type="text" name="username" value="rushes" autocomplete="username" hidden />
    <label class="field"><span class="label">API key</span>
      <input ref=${key} type="password" autocomplete="current-password" required autofocus=${!start.provider} spellcheck="false"
        placeholder="rk_…" /></label>
    <${ErrorMessage} error=${error ?? refused} />
    <${Button} type="submit" kind=${start.provider ? 'plain' : 'main'} busy=${busy} icon="key">Sign in<//>
    ${!start.provider && html`<p class="faint">The gateway makes an API key at its first start and stores it in
      <code>data/api-key</code>.</p>`}
    <p class="outside"><a href="/docs">Documentation</a> <a href="/openapi/">API reference</a></p>
  </form></main>`;
}

export const Mark = ({ size = 30 }) => html`
  <svg class="mark" width=${size} height=${size} viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="8" fill="#e0632b" />
    <path d="M12.5 10.2v11.6c0 .9 1 1.4 1.7.9l8.3-5.8c.6-.4.6-1.4 0-1.8l-8.3-5.8c-.7-.5-1.7 0-1.7.9z" fill="#fff" />
    <path d="M6.5 9v2.6M6.5 14.7v2.6M6.5 20.4V23" stroke="#fff" stroke-width="2.4" stroke-linecap="round" /></svg>`;
