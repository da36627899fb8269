// The card with an account's plan and its limits, and the choice of another plan.
import { html, useState } from './html.js';
import { ActionButton, Button, Dialog, Select } from './parts.js';
import { size, span } from './words.js';

export function Plan({ name, plan, plans, onChange, left, queued, stored }) {
  const limits = limitsOf(plan, { left, queued, stored });
  return html`<section class="card" aria-labelledby="plan"><h2 id="plan">Plan</h2>
    ${plans ? html`<${PlanChoice} name=${name} plans=${plans} onChange=${onChange} />` : html`<p><b>${name}</b></p>`}
    <dl class="facts-list limits">
      ${limits.map(([what, value]) => html`<div key=${what}><dt>${what}</dt><dd>${value}</dd></div>`)}</dl>
    ${limits.length === 1 && html`<p class="help">No limits.</p>`}
    ${!plan.max_stored_bytes && html`<p class="help">Stored files: ${size(stored)}</p>`}</section>`;
}

/** Only the limits that the plan has. */
function limitsOf(plan, { left, queued, stored }) {
  const rate = `${plan.jobs_per_window} per ${span(plan.window_seconds)}`;
  return [
    ['Price', plan.charging ? `Paid from credit, in ${plan.currency}` : 'Free'],
    plan.requests_per_second && ['Request rate', `${plan.requests_per_second} per second`],
    plan.jobs_per_window && ['New jobs', left != null ? `${rate}, ${left} left` : rate],
    plan.most_queued && ['Max. queued jobs', `${plan.most_queued}${queued != null ? `, ${queued} now` : ''}`],
    plan.most_running && ['Max. running jobs', plan.most_running],
    plan.max_seconds && ['Max. video length', span(plan.max_seconds)],
    plan.max_side && ['Max. video size', `${plan.max_side} pixels (longer side)`],
    plan.max_input_bytes && ['Max. input size', size(plan.max_input_bytes)],
    plan.max_stored_bytes && ['Max. stored files', `${size(plan.max_stored_bytes)}, ${size(stored)} used`],
    plan.models && ['Models', plan.models.join(', ')],
    plan.highest_tier && ['Max. tier', plan.highest_tier],
    plan.weight && ['Weight', plan.weight],
    plan.draft && ['Drafts', plan.draft === 'approve' ? 'Approval required' : 'Always'],
    plan.safety_required && ['Safety checker', 'Always on'],
  ].filter(Boolean);
}

function PlanChoice({ name, plans, onChange }) {
  const [chosen, setChosen] = useState(null);
  const close = () => setChosen(null);
  const confirm = async () => {
    await onChange(chosen);
    close();
  };
  return html`<${Select} label="Plan" hideLabel value=${chosen ?? name}
      onChange=${plan => setChosen(plan === name ? null : plan)} options=${plans.map(each => ({ value: each, text: each }))} />
    ${chosen && html`<${Dialog} title=${`Change the plan to ${chosen}?`} onClose=${close}>
      <p>The limits and prices of ${chosen} apply to new jobs at once. Jobs that exist keep their price.</p>
      <footer><${Button} onClick=${close}>Cancel<//>
        <${ActionButton} kind="main" run=${confirm} done=${`Plan changed to ${chosen}.`}>Change plan<//></footer><//>`}`;
}
