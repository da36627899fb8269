// One account: its plan and limits, API keys, credit and statement. Operators can edit it; others see their own.
import { html, useEffect, useState } from './html.js';
import { get, patch, post, query, remove } from './api.js';
import { ActionButton, Button, ConfirmButton, Copy, Dialog, Empty, Select, Table, ErrorMessage, notice } from './parts.js';
import { Icon } from './icons.js';
import { Usage } from './usage.js';
import { usePoll } from './live.js';
import { ago, at, count, money, size, span } from './words.js';

export function AccountPage({ id }) {
  const path = `/admin/accounts/${encodeURIComponent(id)}`;
  const { data: account, error, reload } = usePoll(signal => get(path, signal), 5000, [path]);
  const { data: listed } = usePoll(signal => get('/admin/plans', signal), 60000, []);
  if (error?.status === 404) return html`<${Empty} icon="accounts" title="Account not found">There is no account “${id}”. <a href="/console/accounts">All accounts</a><//>`;
  if (!account || !listed) return html`<${ErrorMessage} error=${error} />`;

  const change = body => async () => { await patch(path, body); await reload(); };
  return html`<header class="head"><a class="back" href="/console/accounts"><${Icon} name="left" size="16" />Accounts</a><h1>${account.name}</h1>
      ${account.suspended && html`<span class="state" data-state="failed"><${Icon} name="warn" size="14" />Suspended</span>`}<span class="gap" />
      <a class="button plain" href=${`/console/jobs${query({ account: account.name })}`}><${Icon} name="jobs" size="18" /><span>Jobs</span></a>
      ${account.suspended ? html`<${ActionButton} icon="check" run=${change({ suspended: false })} done="Account unsuspended.">Unsuspend<//>`
      : html`<${ConfirmButton} icon="stop" title=${`Suspend ${account.name}?`} action="Suspend account" typed=${account.name}
          text="All of its API keys stop working at once, and its users are signed out. Queued jobs still run. You can unsuspend it later."
          run=${change({ suspended: true })} done="Account suspended. Its keys are disabled.">Suspend<//>`}</header>
    <div class="account-page">
      <${Plan} name=${account.plan} stored=${account.stored_bytes} plan=${listed.plans[account.plan]} plans=${Object.keys(listed.plans)} onChange=${plan => change({ plan })()} />
      <${Credit} account=${account} path=${path} reload=${reload} />
      <${Keys} account=${account} />
      <${Usage} path=${path} />
      <${Statement} path=${path} key=${account.balance.credit + account.balance.held} />
    </div>`;
}

export function OwnAccount() {
  const { data, error } = usePoll(signal => get('/account', signal), 5000, []);
  if (!data) return html`<${ErrorMessage} error=${error} />`;
  return html`<header class="head"><h1>${data.account.name}</h1></header>
    <div class="account-page">
      <${Plan} name=${data.plan_name} plan=${data.plan} stored=${data.stored_bytes} left=${data.window_left} queued=${data.queued} />
      <${Balance} balance=${data.balance} />
      <${Usage} path="/account" />
      <${Statement} path="/account" key=${data.balance.credit + data.balance.held} />
    </div>`;
}

function Plan({ name, plan, plans, onChange, left, queued, stored }) {
  const limits = [
    ['Price', plan.charging ? `Paid from credit, in ${plan.currency}` : 'Free'],
    plan.requests_per_second && ['Request rate', `${plan.requests_per_second} per second`],
    plan.jobs_per_window && ['New jobs', `${plan.jobs_per_window} per ${span(plan.window_seconds)}${left != null ? `, ${left} left` : ''}`],
    plan.most_queued && ['Max. queued jobs', `${plan.most_queued}${queued != null ? `, ${queued} now` : ''}`],
    plan.most_running && ['Max. running jobs', plan.most_running], plan.max_seconds && ['Max. video length', span(plan.max_seconds)],
    plan.max_side && ['Max. video size', `${plan.max_side} pixels (longer side)`], plan.max_input_bytes && ['Max. input size', size(plan.max_input_bytes)],
    plan.max_stored_bytes && ['Max. stored files', `${size(plan.max_stored_bytes)}, ${size(stored)} used`],
    plan.models && ['Models', plan.models.join(', ')], plan.highest_tier && ['Max. tier', plan.highest_tier], plan.weight && ['Weight', plan.weight],
    plan.draft && ['Drafts', plan.draft === 'approve' ? 'Approval required' : 'Always'], plan.safety_required && ['Safety checker', 'Always on'],
  ].filter(Boolean);
  return html`<section class="card" aria-labelledby="plan"><h2 id="plan">Plan</h2>
    ${plans ? html`<${PlanChoice} name=${name} plans=${plans} onChange=${onChange} />` : html`<p><b>${name}</b></p>`}
    <dl class="facts-list limits">${limits.map(([what, value]) => html`<div key=${what}><dt>${what}</dt><dd>${value}</dd></div>`)}</dl>
    ${limits.length === 1 && html`<p class="help">No limits.</p>`}${!plan.max_stored_bytes && html`<p class="help">Stored files: ${size(stored)}</p>`}</section>`;
}

function PlanChoice({ name, plans, onChange }) {
  const [chosen, setChosen] = useState(null);
  return html`<${Select} label="Plan" hideLabel value=${chosen ?? name} onChange=${plan => setChosen(plan === name ? null : plan)} options=${plans.map(each => ({ value: each, text: each }))} />
    ${chosen && html`<${Dialog} title=${`Change the plan to ${chosen}?`} onClose=${() => setChosen(null)}>
      <p>The limits and prices of ${chosen} apply to new jobs at once. Jobs that exist keep their price.</p>
      <footer><${Button} onClick=${() => setChosen(null)}>Cancel<//><${ActionButton} kind="main" run=${async () => { await onChange(chosen); setChosen(null); }} done=${`Plan changed to ${chosen}.`}>Change plan<//></footer><//>`}`;
}

const Balance = ({ balance, children }) => html`<section class="card" aria-labelledby="credit"><h2 id="credit">Credit</h2>
  <dl class="figures"><div><dt>Available</dt><dd>${money(balance.credit, balance.currency ?? 'USD')}</dd></div><div><dt>Held for jobs</dt><dd>${money(balance.held, balance.currency ?? 'USD')}</dd></div></dl>${children}</section>`;

function Credit({ account, path, reload }) {
  const [error, setError] = useState(null);
  const add = async event => {
    event.preventDefault();
    const form = event.target;
    try {
      await post(`${path}/credit`, { amount: Number(form.amount.value), note: form.note.value || undefined, reference: form.reference.value || undefined });
      setError(null);
      form.reset();
      notice('Credit added.');
      reload();
    } catch (refused) {
      setError(refused);
    }
  };
  return html`<${Balance} balance=${account.balance}><form class="fields grant" onSubmit=${add}>
    <label class="field"><span class="label">Amount</span><input name="amount" type="number" step="0.000001" required placeholder="negative to withdraw" /></label>
    <label class="field"><span class="label">Note</span><input name="note" maxlength="500" autocomplete="off" /></label>
    <label class="field"><span class="label">Reference</span><input name="reference" maxlength="100" autocomplete="off" placeholder="Payment id" /></label>
    <${Button} type="submit" icon="money">Add credit<//></form><${ErrorMessage} error=${error} /><//>`;
}

function Keys({ account }) {
  const { data, error, reload } = usePoll(signal => get(`/admin/keys${query({ account: account.name })}`, signal), 10000, [account.name]);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState(null);
  const show = key => { setMaking(false); setMade(key); reload(); };
  const statusOf = key => key.revoked_at ? `Revoked ${ago(key.revoked_at)}` : key.expires_at && Date.parse(key.expires_at) < Date.now() ? 'Expired' : key.expires_at ? `Active until ${at(key.expires_at)}` : 'Active';
  return html`<section class="card wide" aria-labelledby="keys"><header class="card-head"><h2 id="keys">API keys</h2><${Button} icon="plus" onClick=${() => setMaking(true)}>New key<//></header>
    <${ErrorMessage} error=${error} />
    ${data && html`<${Table} name=${`API keys of ${account.name}`}><thead><tr><th>Key</th><th>Scopes</th><th>Networks</th><th>Last used</th><th>Status</th><th><span class="unseen">Actions</span></th></tr></thead>
      <tbody>${data.keys.map(key => html`<tr key=${key.id} data-gone=${key.revoked_at ? '' : undefined}><td>${key.name} <small>id ${key.id}</small></td><td>${key.scopes.join(', ')}</td><td>${key.networks.length ? key.networks.join(', ') : 'Any'}</td>
        <td>${key.last_used_at ? ago(key.last_used_at) : html`<span class="faint">Never</span>`}</td><td>${statusOf(key)}</td>
        <td class="num">${!key.revoked_at && html`<span class="row-tools">${key.name !== 'first' && html`<${ConfirmButton} kind="quiet" icon="again" title=${`Rotate key ${key.name}?`} action="Rotate key"
            text="A new key is created with the same scopes and networks. The old key stays valid for one hour, and its users are signed out of the console now."
            run=${async () => show(await post(`/admin/keys/${key.id}/rotate`, { grace_seconds: 3600 }))}>Rotate<//>`}
          <${ConfirmButton} kind="quiet danger" icon="cross" title=${`Revoke key ${key.name}?`} action="Revoke key" typed=${key.name}
            text="Programs that use the key are rejected at once. A revoked key cannot be restored."
            run=${async () => { await remove(`/admin/keys/${key.id}`); reload(); }} done=${`Key ${key.name} revoked.`}>Revoke<//></span>`}</td></tr>`)}</tbody><//>
      ${data.keys.length === 0 && html`<p class="help">No API keys yet.</p>`}`}
    ${making && html`<${NewKey} account=${account} onClose=${() => setMaking(false)} onMade=${show} />`}
    ${made && html`<${Dialog} title=${`API key ${made.name}`} onClose=${() => setMade(null)}><p>Copy the key now. It is not shown again.</p><p class="id secret"><code>${made.key}</code><${Copy} text=${made.key} name="Copy key" /></p><//>`}
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
    <label class="field"><span class="label">Allowed networks</span><input name="networks" autocomplete="off" placeholder="Any, or such as 203.0.113.0/24" /></label>
    <label class="field"><span class="label">Expires</span><input name="end" type="datetime-local" /></label>
    <${ErrorMessage} error=${error} />
    <footer><${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="main">Create key<//></footer></form><//>`;
}

/** Combines the two lines of each ledger entry; newest first. */
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
const kinds = { grant: 'Credit added', hold: 'Held', capture: 'Charged', release: 'Released', withdrawal: 'Credit withdrawn' };

function Statement({ path }) {
  const [lines, setLines] = useState(null);
  const [error, setError] = useState(null);
  useEffect(() => { get(`${path}/statement${query({ format: 'json', from: new Date(Date.now() - month).toISOString() })}`).then(setLines, setError); }, [path]);
  const own = entriesOf(lines ?? []);
  return html`<section class="card wide" aria-labelledby="statement"><header class="card-head"><h2 id="statement">Statement, last 31 days</h2>
      <a class="button plain" href=${`/console/api${path}/statement`} download><${Icon} name="download" size="18" /><span>Download CSV</span></a></header>
    <${ErrorMessage} error=${error} />
    ${own.length > 0 ? html`<${Table} name="Ledger entries, newest first"><thead><tr><th>Time</th><th>Type</th><th>Job</th><th>Note</th><th class="num">Credit</th><th class="num">Held</th></tr></thead>
      <tbody>${own.slice(0, 100).map(line => html`<tr key=${line.entry}><td><time datetime=${line.at} title=${at(line.at)}>${ago(line.at)}</time></td><td>${kinds[line.kind]}</td>
        <td>${line.job ? html`<a href=${`/console/jobs/${line.job}`}>${line.job}</a>` : ''}</td><td>${line.note ?? ''}</td><td class="num">${moved(line.credit, line.currency)}</td><td class="num">${moved(line.held, line.currency)}</td></tr>`)}</tbody><//>
      ${own.length > 100 && html`<p class="help">Showing 100 of ${own.length} entries; the CSV has all.</p>`}`
    : lines && html`<p class="help">No entries.</p>`}</section>`;
}
