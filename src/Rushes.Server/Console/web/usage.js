// What an account used: videos per day, and totals by model.
import { html, useEffect, useState } from './html.js';
import { get, query } from './api.js';
import { ErrorMessage, Select, Table } from './parts.js';
import { Icon } from './icons.js';
import { count, money, span } from './words.js';

const day = 86400_000;
const periods = ['7', '30', '90'].map(days => ({ value: days, text: `Last ${days} days` }));
const tones = 4;

/** @param path the API path of the account */
export function Usage({ path }) {
  const [days, setDays] = useState('30');
  const [found, setFound] = useState(null);
  const [error, setError] = useState(null);
  const period = { from: new Date((Math.floor(Date.now() / day) + 1 - days) * day).toISOString() };
  useEffect(() => { get(`${path}/usage${query(period)}`).then(setFound, setError); }, [path, days]);

  return html`<section class="card wide" aria-labelledby="usage"><header class="card-head"><h2 id="usage">Usage</h2>
      <span class="usage-tools"><${Select} label="Period" hideLabel value=${days} onChange=${setDays} options=${periods} />
        <a class="button plain" href=${`/console/api${path}/usage${query({ ...period, format: 'csv' })}`} download>
          <${Icon} name="download" size="18" /><span>Download CSV</span></a></span></header>
    <${ErrorMessage} error=${error} />
    ${found && (found.usage.length ? html`<${Days} rows=${found.usage} days=${Number(days)} /><${Totals} rows=${found.usage} />`
      : html`<p class="help">No job ended in this period.</p>`)}
    ${found && !found.complete && html`<p class="help">Only the newest 20,000 jobs are counted.</p>`}
  </section>`;
}

/** The models with the most videos have a color each; the last color is for all others. */
function modelsOf(rows) {
  const totals = new Map();
  for (const row of rows) totals.set(row.model, (totals.get(row.model) ?? 0) + row.completed);
  return [...totals].sort((a, b) => b[1] - a[1]).map(([model]) => model);
}

function Days({ rows, days }) {
  const models = modelsOf(rows);
  const today = Math.floor(Date.now() / day);
  const columns = Array.from({ length: days }, (_, i) => new Date((today + 1 - days + i) * day).toISOString().slice(0, 10));
  const ofDay = date => rows.filter(row => row.day === date);
  const total = date => ofDay(date).reduce((sum, row) => sum + row.completed, 0);
  const most = Math.max(1, ...columns.map(total));
  const toneOf = row => Math.min(models.indexOf(row.model), tones - 1) + 1;
  return html`<div class="days" role="img" aria-label=${`Videos per day, at most ${most}`}>${columns.map(date => html`
    <div class="day" key=${date} title=${`${date}: ${count(total(date), 'video')}${ofDay(date)
      .map(row => `\n${row.model}: ${row.completed} completed, ${row.failed} failed`).join('')}`}>
      ${ofDay(date).map(row => html`
        <i key=${row.model} data-tone=${toneOf(row)} style=${{ height: `${100 * row.completed / most}%` }} />`)}
    </div>`)}</div>
    <p class="days-axis"><small>${columns[0]}</small><small>at most ${count(most, 'video')} per day (UTC)</small>
      <small>${columns.at(-1)}</small></p>`;
}

function Totals({ rows }) {
  const models = modelsOf(rows);
  const sum = (model, field) => rows.filter(row => row.model === model).reduce((total, row) => total + row[field], 0);
  return html`<${Table} name="Usage by model" kind="used">
    <thead><tr><th>Model</th><th class="num">Completed</th><th class="num">Failed</th><th class="num">Cancelled</th>
      <th class="num">Run time</th><th class="num">Charged</th></tr></thead>
    <tbody>${models.map((model, i) => html`<tr key=${model}>
      <td><i class="tone" data-tone=${Math.min(i, tones - 1) + 1} />${model}</td>
      <td class="num">${sum(model, 'completed').toLocaleString('en')}</td><td class="num">${sum(model, 'failed')}</td>
      <td class="num">${sum(model, 'cancelled')}</td><td class="num">${span(sum(model, 'run_seconds'))}</td>
      <td class="num">${money(sum(model, 'charged'), rows[0].currency)}</td></tr>`)}</tbody><//>`;
}
