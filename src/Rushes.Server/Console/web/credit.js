// An account's credit: the balance, the form that adds credit, and the statement.
import { html, useEffect, useState } from './html.js';
import { get, post, query } from './api.js';
import { Button, ErrorMessage, Table, notice } from './parts.js';
import { Icon } from './icons.js';
import { ago, at, money } from './words.js';

export const Balance = ({ balance, children }) => html`<section class="card" aria-labelledby="credit"><h2 id="credit">Credit</h2>
  <dl class="figures">
    <div><dt>Available</dt><dd>${money(balance.credit, balance.currency ?? 'USD')}</dd></div>
    <div><dt>Held for jobs</dt><dd>${money(balance.held, balance.currency ?? 'USD')}</dd></div></dl>${children}</section>`;

/** The balance, with a form for operators. */
export function Credit({ account, path, reload }) {
  const [error, setError] = useState(null);
  const add = async event => {
    event.preventDefault();
    const form = event.target;
    const { amount, note, reference } = form;
    try {
      await post(`${path}/credit`, {
        amount: Number(amount.value), note: note.value || undefined, reference: reference.value || undefined,
      });
      setError(null);
      form.reset();
      notice('Credit added.');
      reload();
    } catch (refused) {
      setError(refused);
    }
  };
  return html`<${Balance} balance=${account.balance}><form class="fields grant" onSubmit=${add}>
    <label class="field"><span class="label">Amount</span>
      <input name="amount" type="number" step="0.000001" required placeholder="negative to withdraw" /></label>
    <label class="field"><span class="label">Note</span><input name="note" maxlength="500" autocomplete="off" /></label>
    <label class="field"><span class="label">Reference</span>
      <input name="reference" maxlength="100" autocomplete="off" placeholder="Payment id" /></label>
    <${Button} type="submit" icon="money">Add credit<//></form><${ErrorMessage} error=${error} /><//>`;
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

export function Statement({ path }) {
  const [lines, setLines] = useState(null);
  const [error, setError] = useState(null);
  useEffect(() => {
    const from = new Date(Date.now() - month).toISOString();
    get(`${path}/statement${query({ format: 'json', from })}`).then(setLines, setError);
  }, [path]);
  const entries = entriesOf(lines ?? []);
  return html`<section class="card wide" aria-labelledby="statement">
    <header class="card-head"><h2 id="statement">Statement, last 31 days</h2>
      <a class="button plain" href=${`/console/api${path}/statement`} download>
        <${Icon} name="download" size="18" /><span>Download CSV</span></a></header>
    <${ErrorMessage} error=${error} />
    ${entries.length > 0 ? html`<${Entries} entries=${entries.slice(0, 100)} />
      ${entries.length > 100 && html`<p class="help">Showing 100 of ${entries.length} entries; the CSV has all.</p>`}`
    : lines && html`<p class="help">No entries.</p>`}</section>`;
}

const Entries = ({ entries }) => html`<${Table} name="Ledger entries, newest first">
  <thead><tr><th>Time</th><th>Type</th><th>Job</th><th>Note</th><th class="num">Credit</th><th class="num">Held</th></tr></thead>
  <tbody>${entries.map(line => html`<tr key=${line.entry}>
    <td><time datetime=${line.at} title=${at(line.at)}>${ago(line.at)}</time></td><td>${kinds[line.kind]}</td>
    <td>${line.job ? html`<a href=${`/console/jobs/${line.job}`}>${line.job}</a>` : ''}</td><td>${line.note ?? ''}</td>
    <td class="num">${moved(line.credit, line.currency)}</td><td class="num">${moved(line.held, line.currency)}</td></tr>`)}
  </tbody><//>`;
