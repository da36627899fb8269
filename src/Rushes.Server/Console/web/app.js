// The entry point of the console.
import { html, render, useEffect, useState } from './html.js';
import { forgetForm } from './saved.js';
import { session, signInByCode } from './api.js';
import { followLinks } from './route.js';
import { Shell, SignIn } from './shell.js';
import { Notices } from './parts.js';
import { start } from './start.js';
import { applyTheme } from './theme.js';

const refusals = {
  unreachable: 'The identity provider does not respond. The log of the gateway has the reason.',
  failed: 'The sign-in failed or took too long. Try again; the log of the gateway has the reason.',
  cancelled: 'The sign-in was cancelled at the identity provider.',
  not_allowed: 'You are in no group that may sign in here. Ask an operator of this gateway.',
  revoked: 'Your access to this gateway was revoked. Ask an operator of this gateway.',
  account_exists: 'An account with your name exists already. Ask an operator of this gateway.',
  no_account_name: 'The identity provider sent no usable name for your account. Ask an operator of this gateway.',
};

/** The link that "rushes serve" prints has the code behind #, which browsers do not send to servers. */
const code = /^#code=(\w+)$/.exec(location.hash)?.[1];
/** Why the sign-in at the identity provider ended without a session. */
const refused = refusals[/^#refused=(\w+)$/.exec(location.hash)?.[1]];
if (code || refused) history.replaceState(null, '', location.pathname);

function App() {
  const [who, setWho] = useState(start.session);
  const [error, setError] = useState(refused ? { message: refused } : null);
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
