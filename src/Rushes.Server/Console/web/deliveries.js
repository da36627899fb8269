// The webhook of a job and the attempts to send it.
import { html, useEffect } from './html.js';
import { post } from './api.js';
import { ActionButton, Table } from './parts.js';
import { at, isLive, span, when } from './words.js';

export const isDelivered = made => made.status >= 200 && made.status < 300;
export const outcomeOf = made => `${made.status ? `HTTP ${made.status}` : made.error} after ${span(made.ms / 1000)}`;
const states = { pending: 'Pending', delivered: 'Delivered', stopped: 'Stopped by the receiver', failed: 'Failed' };

export function Deliveries({ detail, may, reload }) {
  const { deliveries, webhook_url: url, job } = detail;
  if (!url) return null;
  const resend = delivery => async () => {
    await post(`/jobs/${job.id}/deliveries/${delivery.id}/redeliver`);
    reload();
  };
  return html`<section class="card" aria-labelledby="webhook"><h2 id="webhook">Webhook</h2>
    <p class="id"><code>${url}</code></p>
    ${deliveries.length === 0 && html`<p class="help">Sent when the job ends.</p>`}
    ${deliveries.map(delivery => html`<div class="delivery" key=${delivery.id}>
      <p><b>${states[delivery.state] ?? delivery.state}</b>${delivery.next_at
        && html` <span class="help">next attempt at ${when(delivery.next_at)}</span>`}<span class="gap" />
        ${may && html`
          <${ActionButton} icon="again" run=${resend(delivery)} done="The webhook will be sent again.">Resend<//>`}</p>
      ${delivery.tries.length > 0 && html`<${Attempts} tries=${delivery.tries} />`}
    </div>`)}</section>`;
}

const Attempts = ({ tries }) => html`<${Table} name="Attempts" kind="tries">
  <thead><tr><th>Attempt</th><th>Time</th><th>Outcome</th><th>Response</th></tr></thead>
  <tbody>${tries.map(made => html`<tr key=${made.number}>
    <td>${made.number}</td><td><time datetime=${made.at} title=${at(made.at)}>${when(made.at)}</time></td>
    <td>${outcomeOf(made)}</td><td><code class="answer">${made.answer ?? ''}</code></td></tr>`)}</tbody><//>`;

/** A job that has ended has no stream, so pending webhooks are polled. */
export function useDeliveries(detail, reload) {
  const waiting = detail && !isLive(detail.job.state) && detail.deliveries.some(delivery => delivery.state === 'pending');
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(reload, 1500);
    return () => clearInterval(timer);
  }, [waiting]);
}
