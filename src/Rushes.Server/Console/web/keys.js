// The API keys of an account: create, rotate and revoke.
import { html, useState } from './html.js';
import { get, post, query, remove } from './api.js';
import { Button, ConfirmButton, Copy, Dialog, ErrorMessage, Table } from './parts.js';
import { usePoll } from './live.js';
import { ago, at } from './words.js';

const scopes = {
  submit: 'create and cancel jobs', read: 'see jobs and download results', worker: 'run jobs of any account',
  admin: 'see and change everything, for all accounts',
};

export function Keys({ account }) {
  const path = `/admin/keys${query({ account: account.name })}`;
  const { data, error, reload } = usePoll(signal => get(path, signal), 10000, [path]);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState(null);
  const show = key => { setMaking(false); setMade(key); reload(); };
  return html`<section class="card wide" aria-labelledby="keys">
    <header class="card-head"><h2 id="keys">API keys</h2>
      <${Button} icon="plus" onClick=${() => setMaking(true)}>New key<//></header>
    <${ErrorMessage} error=${error} />
    ${data && html`<${Table} name=${`API keys of ${account.name}`}>
      <thead><tr><th>Key</th><th>Scopes</th><th>Networks</th><th>Last used</th><th>Status</th>
        <th><span class="unseen">Actions</span></th></tr></thead>
      <tbody>${data.keys.map(key => html`<${Key} key=${key.id} item=${key} onMade=${show} reload=${reload} />`)}</tbody><//>
      ${data.keys.length === 0 && html`<p class="help">No API keys yet.</p>`}`}
    ${making && html`<${NewKey} account=${account} onClose=${() => setMaking(false)} onMade=${show} />`}
    ${made && html`<${Dialog} title=${`API key ${made.name}`} onClose=${() => setMade(null)}>
      <p>Copy the key now. It is not shown again.</p>
      <p class="id secret"><code>${made.key}</code><${Copy} text=${made.key} name="Copy key" /></p><//>`}
  </section>`;
}

function Key({ item: key, onMade, reload }) {
  const rotate = async () => onMade(await post(`/admin/keys/${key.id}/rotate`, { grace_seconds: 3600 }));
  const revoke = async () => {
    await remove(`/admin/keys/${key.id}`);
    reload();
  };
  return html`<tr data-gone=${key.revoked_at ? '' : undefined}>
    <td>${key.name} <small>id ${key.id}</small></td><td>${key.scopes.join(', ')}</td>
    <td>${key.networks.length ? key.networks.join(', ') : 'Any'}</td>
    <td>${key.last_used_at ? ago(key.last_used_at) : html`<span class="faint">Never</span>`}</td><td>${statusOf(key)}</td>
    <td class="num">${!key.revoked_at && html`<span class="row-tools">
      ${key.name !== 'first' && !key.person && html`<${ConfirmButton} kind="quiet" icon="again" title=${`Rotate key ${key.name}?`}
        action="Rotate key" run=${rotate}
          text=${'A new key is created with the same scopes and networks. The old key stays valid '
          + 'for one hour, and its users are signed out of the console now.'}>Rotate<//>`}
      <${ConfirmButton} kind="quiet danger" icon="cross" title=${`Revoke key ${key.name}?`} action="Revoke key"
        typed=${key.name} text="Programs that use the key are rejected at once. A revoked key cannot be restored."
        run=${revoke} done=${`Key ${key.name} revoked.`}>Revoke<//></span>`}</td></tr>`;
}

function statusOf(key) {
  if (key.revoked_at) return `Revoked ${ago(key.revoked_at)}`;
  if (!key.expires_at) return 'Active';
  return Date.parse(key.expires_at) < Date.now() ? 'Expired' : `Active until ${at(key.expires_at)}`;
}

function NewKey({ account, onClose, onMade }) {
  const [error, setError] = useState(null);
  const make = async event => {
    event.preventDefault();
    const form = event.target;
    try {
      onMade(await post('/admin/keys', {
        account: account.name, name: form.name.value.trim(), scopes: Object.keys(scopes).filter(scope => form[scope].checked),
        networks: form.networks.value.split(/[\s,]+/).filter(Boolean),
        expires_at: form.end.value ? new Date(form.end.value).toISOString() : undefined,
      }));
    } catch (refused) {
      setError(refused);
    }
  };
  return html`<${Dialog} title=${`New key for ${account.name}`} onClose=${onClose}><form class="fields" onSubmit=${make}>
    <label class="field"><span class="label">Name</span>
      <input name="name" required maxlength="100" autofocus autocomplete="off" placeholder="their web shop" /></label>
    <fieldset class="checks-list"><legend class="label">Scopes</legend>${Object.entries(scopes).map(([scope, text]) => html`
      <label key=${scope}>
        <input type="checkbox" name=${scope} defaultChecked=${scope === 'submit' || scope === 'read'} />
        <span><b>${scope}</b> ${text}</span></label>`)}</fieldset>
    <label class="field"><span class="label">Allowed networks</span>
      <input name="networks" autocomplete="off" placeholder="Any, or such as 203.0.113.0/24" /></label>
    <label class="field"><span class="label">Expires</span><input name="end" type="datetime-local" /></label>
    <${ErrorMessage} error=${error} />
    <footer><${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="main">Create key<//></footer></form><//>`;
}
