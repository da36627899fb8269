// Reports of misuse of videos, for operators.
import { html, useState } from './html.js';
import { get, post, query } from './api.js';
import { ActionButton, Choice, Empty, ErrorMessage, Table } from './parts.js';
import { usePoll } from './live.js';
import { ago, at } from './words.js';

export function Reports() {
  const [closed, setClosed] = useState('false');
  const { data, error, reload } = usePoll(signal => get(`/admin/reports${query({ closed })}`, signal), 10000, [closed]);
  return html`<header class="head"><h1>Reports</h1><span class="gap" />
      <${Choice} name="closed" legend="State" hideLegend value=${closed} onChange=${setClosed} options=${states} /></header>
    <${ErrorMessage} error=${error} />
    ${data && (data.reports.length ? html`<${List} reports=${data.reports} closed=${closed === 'true'} reload=${reload} />`
      : html`<${Empty} icon="flag" title=${closed === 'true' ? 'No closed reports' : 'No open reports'}>
          Customers report misuse of a video with their key, and anyone on the page of a share link.<//>`)}`;
}

const states = [{ value: 'false', text: 'Open' }, { value: 'true', text: 'Closed' }];

const List = ({ reports, closed, reload }) => html`<${Table} name="Reports">
  <thead><tr><th>Video</th><th>Account</th><th>Reason</th><th>Details</th><th>${closed ? 'Note' : 'Contact'}</th>
    <th class="num">Reported</th><th><span class="unseen">Actions</span></th></tr></thead>
  <tbody>${reports.map(report => html`<tr key=${report.id}>
    <td><a href=${`/console/jobs/${report.job}`}>Job ${report.job}</a><br /><small class="faint">${report.model}</small></td>
    <td>${report.account}</td><td>${report.reason}<br /><small class="faint">${report.reporter}</small></td>
    <td>${report.details}</td><td>${closed ? report.note : report.contact}</td>
    <td class="num"><time datetime=${report.at} title=${at(report.at)}>${ago(report.at)}</time></td>
    <td>${!closed && html`<${ActionButton} icon="check" done=${`Report ${report.id} closed.`}
      run=${async () => { await post(`/admin/reports/${report.id}/close`, {}); reload(); }}>Close<//>`}</td></tr>`)}</tbody><//>`;
