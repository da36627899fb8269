// The list of accounts, and the dialog to create one.
import { html, useEffect, useState } from './html.js';
import { get, post } from './api.js';
import { go } from './route.js';
import { Button, Dialog, Empty, Select, Table, ErrorMessage, notice } from './parts.js';
import { usePoll } from './live.js';
import { ago, at, money } from './words.js';

export function Accounts() {
  const { data, error, reload } = usePoll(signal => get('/admin/accounts', signal), 5000, []);
  const [making, setMaking] = useState(false);
  return html`<header class="head"><h1>Accounts</h1><span class="gap" />
    <${Button} kind="main" icon="plus" onClick=${() => setMaking(true)}>New account<//></header>
    <${ErrorMessage} error=${error} />
    ${data && html`<${Table} name="Accounts">
      <thead><tr><th>Account</th><th>Plan</th><th class="num">Credit</th><th class="num">Held</th><th>Status</th>
        <th class="num">Created</th></tr></thead>
      <tbody>${data.accounts.map(account =>
        html`<tr key=${account.id} class="goes"
          onClick=${event => !event.target.closest('a') && go(`/console/accounts/${encodeURIComponent(account.name)}`)}>
        <td><a href=${`/console/accounts/${encodeURIComponent(account.name)}`}>${account.name}</a></td><td>${account.plan}</td>
        <td class="num">${account.balance.currency ? money(account.balance.credit, account.balance.currency)
          : html`<span class="faint">–</span>`}</td>
        <td class="num">${account.balance.held ? money(account.balance.held, account.balance.currency)
          : html`<span class="faint">–</span>`}</td>
        <td>${account.suspended ? html`<span class="state" data-state="failed">Suspended</span>` : 'Active'}</td>
        <td class="num">
          <time datetime=${account.created_at} title=${at(account.created_at)}>${ago(account.created_at)}</time></td></tr>`)}
      </tbody><//>`}
    ${making && html`<${NewAccount} onClose=${() => setMaking(false)}
      onMade=${account => { reload(); go(`/console/accounts/${encodeURIComponent(account.name)}`); }} />`}`;
}

function NewAccount({ onClose, onMade }) {
  const [plans, setPlans] = useState({});
  const [plan, setPlan] = useState('default');
  const [error, setError] = useState(null);
  useEffect(() => { get('/admin/plans').then(found => setPlans(found.plans), setError); }, []);
  const make = async event => {
    event.preventDefault();
    try {
      onMade(await post('/admin/accounts', { name: event.target.name.value.trim(), plan }));
    } catch (refused) {
      setError(refused);
    }
  };
  return html`<${Dialog} title="New account" onClose=${onClose}><form class="fields" onSubmit=${make}>
    <label class="field"><span class="label">Name</span>
      <input name="name" required maxlength="100" autofocus autocomplete="off" /></label>
    <${Select} label="Plan" value=${plan} onChange=${setPlan}
      options=${Object.keys(plans).map(name => ({ value: name, text: name }))} />
    <${ErrorMessage} error=${error} />
    <footer><${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="main">Create account<//></footer></form><//>`;
}
