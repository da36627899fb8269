// The card with an account's webhook URL: where events go of jobs that name no URL of their own. Operators can change it.
import { html, useState } from './html.js';
import { Button, ErrorMessage, notice } from './parts.js';

export const Webhook = ({ url, children }) => html`<section class="card wide" aria-labelledby="webhook">
  <h2 id="webhook">Webhook</h2>
  <p class="help">The end of jobs that are created through the OpenAI API without a <code>webhook_url</code> is sent here.</p>
  ${children ?? html`<p class="id"><code>${url}</code></p>`}</section>`;

/** The URL, with a form for operators. */
export function WebhookForm({ url = '', change }) {
  const [typed, setTyped] = useState(null);
  const [error, setError] = useState(null);
  const save = async event => {
    event.preventDefault();
    try {
      await change({ webhook_url: typed ?? url })();
      setTyped(null);
      setError(null);
      notice('Webhook URL saved.');
    } catch (refused) {
      setError(refused);
    }
  };
  return html`<${Webhook}><form class="fields grant" onSubmit=${save}>
    <label class="field"><span class="label">Webhook URL</span>
      <input type="url" maxlength="8192" autocomplete="off" placeholder="None" value=${typed ?? url}
        onInput=${event => setTyped(event.target.value)} /></label>
    <${Button} type="submit" icon="check" disabled=${(typed ?? url) === url}>Save<//></form>
    <${ErrorMessage} error=${error} /><//>`;
}
