// One account: its plan, API keys, credit, webhook URL, usage and statement. Operators can edit it; others see their own.
import { html } from './html.js';
import { get, patch, query } from './api.js';
import { Balance, Credit, Statement } from './credit.js';
import { Keys } from './keys.js';
import { ActionButton, ConfirmButton, Empty, ErrorMessage } from './parts.js';
import { Plan } from './plan.js';
import { Icon } from './icons.js';
import { Usage } from './usage.js';
import { Webhook, WebhookForm } from './webhook.js';
import { usePoll } from './live.js';

export function AccountPage({ id }) {
  const path = `/admin/accounts/${encodeURIComponent(id)}`;
  const { data: account, error, reload } = usePoll(signal => get(path, signal), 5000, [path]);
  const { data: listed } = usePoll(signal => get('/admin/plans', signal), 60000, []);
  if (error?.status === 404) return html`<${Empty} icon="accounts" title="Account not found">
    There is no account “${id}”. <a href="/console/accounts">All accounts</a><//>`;
  if (!account || !listed) return html`<${ErrorMessage} error=${error} />`;

  const change = body => async () => { await patch(path, body); await reload(); };
  return html`<header class="head">
      <a class="back" href="/console/accounts"><${Icon} name="left" size="16" />Accounts</a><h1>${account.name}</h1>
      ${account.suspended && html`<span class="state" data-state="failed"><${Icon} name="warn" size="14" />Suspended</span>`}
      <span class="gap" />
      <a class="button plain" href=${`/console/jobs${query({ account: account.name })}`}>
        <${Icon} name="jobs" size="18" /><span>Jobs</span></a>
      <${Suspension} account=${account} change=${change} /></header>
    <div class="account-page">
      <${Plan} name=${account.plan} stored=${account.stored_bytes} plan=${listed.plans[account.plan]}
        plans=${Object.keys(listed.plans)} onChange=${plan => change({ plan })()} />
      <${Credit} account=${account} path=${path} reload=${reload} />
      <${Keys} account=${account} />
      <${WebhookForm} url=${account.webhook_url} change=${change} />
      <${Usage} path=${path} />
      <${Statement} path=${path} key=${account.balance.credit + account.balance.held} />
    </div>`;
}

const Suspension = ({ account, change }) => account.suspended
  ? html`<${ActionButton} icon="check" run=${change({ suspended: false })} done="Account unsuspended.">Unsuspend<//>`
  : html`<${ConfirmButton} icon="stop" title=${`Suspend ${account.name}?`} action="Suspend account" typed=${account.name}
      text=${'All of its API keys stop working at once, and its users are signed out. Queued jobs still run. '
        + 'You can unsuspend it later.'}
      run=${change({ suspended: true })} done="Account suspended. Its keys are disabled.">Suspend<//>`;

export function OwnAccount() {
  const { data, error } = usePoll(signal => get('/account', signal), 5000, []);
  if (!data) return html`<${ErrorMessage} error=${error} />`;
  return html`<header class="head"><h1>${data.account.name}</h1></header>
    <div class="account-page">
      <${Plan} name=${data.plan_name} plan=${data.plan} stored=${data.stored_bytes} left=${data.window_left}
        queued=${data.queued} />
      <${Balance} balance=${data.balance} />
      ${data.webhook_url && html`<${Webhook} url=${data.webhook_url} />`}
      <${Usage} path="/account" />
      <${Statement} path="/account" key=${data.balance.credit + data.balance.held} />
    </div>`;
}
