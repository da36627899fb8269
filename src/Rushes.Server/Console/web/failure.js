// Why a job failed: what to do about it, and for operators what the engine printed.
import { html } from './html.js';
import { Copy } from './parts.js';
import { Icon } from './icons.js';

/** What the owner of the job can do, by the code of the error. */
const advice = {
  bad_media: 'Replace the file, or convert it to a common format, then generate again.',
  input_gone: 'Upload the file again, then generate again.',
  input_missing: 'Add the missing file, then generate again.',
  input_too_long: 'Shorten the prompt, then generate again.',
  out_of_memory: 'Choose a shorter or smaller video, or another model.',
  start_timeout: 'No worker was available in time. Retry later, or allow a longer wait.',
  deadline_exceeded: 'The job did not end within its Job-Timeout. Allow more time, or choose a smaller video.',
  engine_total_timeout: 'Choose a shorter or smaller video.',
  model_unknown: 'Choose another model.',
  unsafe_content: 'Change the prompt or the image.',
};

const usual = 'Retry the job. If it fails again, contact the operator of this gateway with the job number.';
const operators = 'See the output of the engine, the Health page and the log of the worker.';

export function Failure({ detail, admin }) {
  const { job, engine_output: output } = detail;
  if (job.state !== 'failed' && !output) return null;
  const title = job.state === 'failed' ? 'What to do' : 'Last failed run';
  return html`<section class="card failure" aria-labelledby="failure"><h2 id="failure">${title}</h2>
    ${job.state === 'failed' && html`<p>${advice[job.error?.code] ?? (admin ? operators : usual)}</p>`}
    ${output && html`<details><summary>Engine output<${Icon} name="down" size="16" /></summary>
      <div class="code"><${Copy} text=${output} name="Copy engine output" />
        <pre tabindex="0" aria-label="Engine output"><code>${output}</code></pre></div></details>`}
  </section>`;
}
