// The entry point of the console.
import { html, render, useEffect, useState } from './html.js';
import { session } from './api.js';
import { followLinks } from './route.js';
import { Shell, SignIn } from './shell.js';
import { Notices } from './parts.js';
import { start } from './start.js';
import { applyTheme } from './theme.js';

function App() {
  const [who, setWho] = useState(start.session);
  useEffect(() => { session.ended = () => setWho(null); }, []);
  return html`${who ? html`<${Shell} who=${who} onLeave=${() => setWho(null)} />` : html`<${SignIn} onEnter=${setWho} />`}<${Notices} />`;
}

applyTheme();
followLinks();
render(html`<${App} />`, document.getElementById('app'));
