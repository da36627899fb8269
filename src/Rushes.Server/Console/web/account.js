// One account: its plan and limits, keys, credit and statement. Operators change all of it; others look at their own.
import { html, useEffect, useState } from './html.js';
import { get, patch, post, query, remove } from './api.js';
import { Act, Button, Copy, Dialog, Empty, Select, Table, Trouble, notice } from './parts.js';
import { Icon } from './icons.js';
import { usePoll } from './live.js';
import { ago, at, count, money, size, span } from './words.js';

export function AccountPage({ id }) {
  const path = `/admin/accounts/${encodeURIComponent(id)}`;
  const { data: account, error, reload } = usePoll(signal => get(path, signal), 5000, [path]);
  const { data: listed } = usePoll(signal => get('/admin/plans', signal), 60000, []);
  if (error?.status === 404) return html`<${Empty} icon="accounts" title="No such account">There is no account “${id}”. <a href="/console/accounts">All accounts</a><//>`;
  if (!account || !listed) return html`<${Trouble} error=${error} />`;

  const change = body => async () => { await patch(path, body); await reload(); };
  return html`<header class="head"><a class="back" href="/console/accounts"><${Icon} name="left" size="16" />Accounts</a><h1>${account.name}</h1>
      ${account.suspended && html`<span class="state" data-state="failed"><${Icon} name="warn" size="14" />Suspended</span>`}<span class="gap" />
      <a class="button plain" href=${`/console/jobs${query({ account: account.name })}`}><${Icon} name="jobs" size="18" /><span>Its jobs</span></a>
      <${Act} icon=${account.suspended ? 'check' : 'stop'} run=${change({ suspended: !account.suspended })} done=${account.suspended ? 'Its keys are good again.' : 'Its keys are refused from now on.'}>${account.suspended ? 'Let it back in' : 'Suspend'}<//></header>
    <div class="account-page">
      <${Plan} name=${account.plan} plan=${listed.plans[account.plan]} plans=${Object.keys(listed.plans)} onChange=${plan => change({ plan })().then(() => notice(`The plan is ${plan}.`), refused => notice(refused.message, 'bad'))} />
      <${Credit} account=${account} path=${path} reload=${reload} />
      <${Keys} account=${account} />
      <${Statement} path=${path} key=${account.balance.credit + account.balance.held} />
    </div>`;
}

export function OwnAccount() {
  const { data, error } = usePoll(signal => get('/account', signal), 5000, []);
  if (!data) return html`<${Trouble} error=${error} />`;
  return html`<header class="head"><h1>${data.account.name}</h1></header>
    <div class="account-page">
      <${Plan} name=${data.plan_name} plan=${data.plan} left=${data.window_left} queued=${data.queued} />
      <${Balance} balance=${data.balance} />
      <${Statement} path="/account" key=${data.balance.credit + data.balance.held} />
    </div>`;
}

function Plan({ name, plan, plans, onChange, left, queued }) {
  const limits = [
    ['Price', plan.charging ? `paid from credit, in ${plan.currency}` : 'free'],
    plan.requests_per_second && ['Requests', `${plan.requests_per_second} a second`],
    plan.jobs_per_window && ['New jobs', `${plan.jobs_per_window} in ${span(plan.window_seconds)}${left != null ? `, ${left} left` : ''}`],
    plan.most_queued && ['Waiting at once', `${plan.most_queued}${queued != null ? `, ${queued} now` : ''}`],
    plan.most_running && ['Running at once', plan.most_running], plan.max_seconds && ['Longest video', span(plan.max_seconds)],
    plan.max_side && ['Longest side', `${plan.max_side} pixels`], plan.max_input_bytes && ['Media of a request', size(plan.max_input_bytes)],
    plan.models && ['Models', plan.models.join(', ')], plan.highest_tier && ['Highest tier', plan.highest_tier], plan.weight && ['Weight', plan.weight],
    plan.draft && ['Drafts', plan.draft === 'approve' ? 'to be approved first' : 'come first'], plan.safety_required && ['Safety checker', 'always'],
  ].filter(Boolean);
  return html`<section class="card" aria-labelledby="plan"><h2 id="plan">Plan</h2>
    ${plans ? html`<${Select} label="Plan" hideLabel value=${name} onChange=${onChange} options=${plans.map(each => ({ value: each, text: each }))} />` : html`<p><b>${name}</b></p>`}
    <dl class="facts-list limits">${limits.map(([what, value]) => html`<div key=${what}><dt>${what}</dt><dd>${value}</dd></div>`)}</dl>
    ${limits.length === 1 && html`<p class="help">No limits.</p>`}</section>`;
}

const Balance = ({ balance, children }) => html`<section class="card" aria-labelledby="credit"><h2 id="credit">Credit</h2>
  <dl class="figures"><div><dt>Left</dt><dd>${money(balance.credit, balance.currency ?? 'USD')}</dd></div><div><dt>Held for jobs</dt><dd>${money(balance.held, balance.currency ?? 'USD')}</dd></div></dl>${children}</section>`;

function Credit({ account, path, reload }) {
  const [error, setError] = useState(null);
  const add = async event => {
    event.preventDefault();
    const form = event.target;
    try {
      await post(`${path}/credit`, { amount: Number(form.amount.value), note: form.note.value || undefined, reference: form.reference.value || undefined });
      setError(null);
      form.reset();
      notice('The books have it.');
      reload();
    } catch (refused) {
      setError(refused);
    }
  };
  return html`<${Balance} balance=${account.balance}><form class="fields grant" onSubmit=${add}>
    <label class="field"><span class="label">Amount</span><input name="amount" type="number" step="0.000001" required placeholder="below 0 takes some" /></label>
    <label class="field"><span class="label">Note</span><input name="note" maxlength="500" autocomplete="off" /></label>
    <label class="field"><span class="label">Reference</span><input name="reference" maxlength="100" autocomplete="off" placeholder="a payment’s id" /></label>
    <${Button} type="submit" icon="money">Add<//></form><${Trouble} error=${error} /><//>`;
}

function Keys({ account }) {
  const { data, error, reload } = usePoll(signal => get(`/admin/keys${query({ account: account.name })}`, signal), 10000, [account.name]);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState(null);
  const show = key => { setMaking(false); setMade(key); reload(); };
  const stands = key => key.revoked_at ? `revoked ${ago(key.revoked_at)}` : key.expires_at && Date.parse(key.expires_at) < Date.now() ? 'expired' : key.expires_at ? `until ${at(key.expires_at)}` : 'good';
  return html`<section class="card wide" aria-labelledby="keys"><header class="card-head"><h2 id="keys">Keys</h2><${Button} icon="plus" onClick=${() => setMaking(true)}>New key<//></header>
    <${Trouble} error=${error} />
    ${data && html`<${Table} name=${`Keys of ${account.name}`}><thead><tr><th>Key</th><th>May</th><th>From</th><th>Last used</th><th>Standing</th><th><span class="unseen">Actions</span></th></tr></thead>
      <tbody>${data.keys.map(key => html`<tr key=${key.id} data-gone=${key.revoked_at ? '' : undefined}><td>${key.name} <small>no. ${key.id}</small></td><td>${key.scopes.join(', ')}</td><td>${key.networks.length ? key.networks.join(', ') : 'anywhere'}</td>
        <td>${key.last_used_at ? ago(key.last_used_at) : html`<span class="faint">never</span>`}</td><td>${stands(key)}</td>
        <td class="num">${!key.revoked_at && html`<span class="row-tools">${key.name !== 'first' && html`<${Act} kind="quiet" icon="again" run=${async () => show(await post(`/admin/keys/${key.id}/rotate`, { grace_seconds: 3600 }))}>Rotate<//>`}
          <${Act} kind="quiet danger" icon="cross" run=${async () => { await remove(`/admin/keys/${key.id}`); reload(); }} done=${`The key ${key.name} is good no more.`}>Revoke<//></span>`}</td></tr>`)}</tbody><//>
      ${data.keys.length === 0 && html`<p class="help">None yet.</p>`}`}
    ${making && html`<${NewKey} account=${account} onClose=${() => setMaking(false)} onMade=${show} />`}
    ${made && html`<${Dialog} title=${`The key ${made.name}`} onClose=${() => setMade(null)}><p>It is shown this once; what is kept is its hash.</p><p class="id secret"><code>${made.key}</code><${Copy} text=${made.key} name="Copy the key" /></p><//>`}
  </section>`;
}

function NewKey({ account, onClose, onMade }) {
  const [error, setError] = useState(null);
  const make = async event => {
    event.preventDefault();
    const form = event.target;
    try {
      onMade(await post('/admin/keys', {
        account: account.name, name: form.name.value.trim(), scopes: ['submit', 'read', 'worker', 'admin'].filter(scope => form[scope].checked),
        networks: form.networks.value.split(/[\s,]+/).filter(Boolean), expires_at: form.end.value ? new Date(form.end.value).toISOString() : undefined,
      }));
    } catch (refused) {
      setError(refused);
    }
  };
  const scopes = { submit: 'ask for videos and cancel them', read: 'see its jobs and fetch results', worker: 'take anyone’s jobs and deliver them', admin: 'everything of every account' };
  return html`<${Dialog} title=${`New key for ${account.name}`} onClose=${onClose}><form class="fields" onSubmit=${make}>
    <label class="field"><span class="label">Name</span><input name="name" required maxlength="100" autofocus autocomplete="off" placeholder="their web shop" /></label>
    <fieldset class="checks-list"><legend class="label">May</legend>${Object.entries(scopes).map(([scope, text]) => html`<label key=${scope}><input type="checkbox" name=${scope} defaultChecked=${scope === 'submit' || scope === 'read'} /><span><b>${scope}</b> ${text}</span></label>`)}</fieldset>
    <label class="field"><span class="label">Only from</span><input name="networks" autocomplete="off" placeholder="anywhere, or 203.0.113.0/24" /></label>
    <label class="field"><span class="label">Until</span><input name="end" type="datetime-local" /></label>
    <${Trouble} error=${error} />
    <footer><${Button} onClick=${onClose}>Leave it<//><${Button} type="submit" kind="main">Make it<//></footer></form><//>`;
}

/** A movement has a line for the book that gave and one for the book that took; newest first. */
function entriesOf(lines) {
  const entries = new Map();
  for (const line of lines) {
    const entry = entries.get(line.entry) ?? { ...line, credit: 0, held: 0 };
    if (line.book in entry) entry[line.book] += line.amount;
    entries.set(line.entry, entry);
  }
  return [...entries.values()].reverse();
}

const moved = (amount, currency) => amount === 0 ? '' : `${amount > 0 ? '+' : '−'}${money(Math.abs(amount), currency)}`;

const month = 31 * 86400_000;
const kinds = { grant: 'Given', hold: 'Set aside', capture: 'Paid', release: 'Given back', withdrawal: 'Taken' };

function Statement({ path }) {
  const [lines, setLines] = useState(null);
  const [error, setError] = useState(null);
  useEffect(() => { get(`${path}/statement${query({ format: 'json', from: new Date(Date.now() - month).toISOString() })}`).then(setLines, setError); }, [path]);
  const own = entriesOf(lines ?? []);
  return html`<section class="card wide" aria-labelledby="statement"><header class="card-head"><h2 id="statement">Statement of the last 31 days</h2>
      <a class="button plain" href=${`/console/api${path}/statement`} download><${Icon} name="download" size="18" /><span>All as CSV</span></a></header>
    <${Trouble} error=${error} />
    ${own.length > 0 ? html`<${Table} name="Movements, newest first"><thead><tr><th>When</th><th>What</th><th>Job</th><th>Note</th><th class="num">Credit</th><th class="num">Held</th></tr></thead>
      <tbody>${own.slice(0, 100).map(line => html`<tr key=${line.entry}><td><time datetime=${line.at} title=${at(line.at)}>${ago(line.at)}</time></td><td>${kinds[line.kind]}</td>
        <td>${line.job ? html`<a href=${`/console/jobs/${line.job}`}>${line.job}</a>` : ''}</td><td>${line.note ?? ''}</td><td class="num">${moved(line.credit, line.currency)}</td><td class="num">${moved(line.held, line.currency)}</td></tr>`)}</tbody><//>
      ${own.length > 100 && html`<p class="help">The newest 100 of ${own.length}; the CSV has all.</p>`}`
    : lines && html`<p class="help">No money has moved.</p>`}</section>`;
}
