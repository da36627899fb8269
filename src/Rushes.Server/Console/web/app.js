// The entry point of the console.
import { html, render, useEffect, useState } from './html.js';
import { forgetForm } from './saved.js';
import { session, signInByCode } from './api.js';
import { followLinks } from './route.js';
import { Shell, SignIn } from './shell.js';
import { Notices } from './parts.js';
import { start } from './start.js';
import { applyTheme } from './theme.js';

/** The link that "rushes serve" prints has the code behind #, which browsers do not send to servers. */
const code = /^#code=(\w+)$/.exec(location.hash)?.[1];
if (code) history.replaceState(null, '', location.pathname);

function App() {
  const [who, setWho] = useState(start.session);
  const [error, setError] = useState(null);
  useEffect(() => {
    session.ended = () => {
      forgetForm();
      setWho(null);
    };
    if (code && !who) signInByCode(code).then(setWho, setError);
  }, []);
  return html`${who
    ? html`<${Shell} who=${who} onLeave=${() => setWho(null)} />`
    : html`<${SignIn} onEnter=${setWho} refused=${error} />`}<${Notices} />`;
}

applyTheme();
followLinks();
render(html`<${App} />`, document.getElementById('app'));
