// The console: signed in or not, and which page.
import { html, render, useCallback, useEffect, useState } from './html.js';
import { get, session } from './api.js';
import { followLinks } from './route.js';
import { Mark, Shell, SignIn } from './shell.js';
import { Notices, Trouble } from './parts.js';
import { applyTheme } from './theme.js';

function App() {
  const [who, setWho] = useState(undefined);
  const [error, setError] = useState(null);
  const ask = useCallback(() => get('/session').then(found => setWho(found || null), setError), []);

  useEffect(() => {
    session.ended = () => setWho(null);
    ask();
  }, []);

  if (error) return html`<main class="alone"><${Trouble} error=${error} /></main>`;
  if (who === undefined) return html`<div class="splash"><${Mark} size="52" /></div>`;
  return html`${who ? html`<${Shell} who=${who} onLeave=${() => setWho(null)} />` : html`<${SignIn} onEnter=${setWho} />`}<${Notices} />`;
}

applyTheme();
followLinks();
render(html`<${App} />`, document.getElementById('app'));
