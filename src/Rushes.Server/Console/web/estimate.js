// Price and wait of the form's request, from a dry run.
import { html, useEffect, useState } from './html.js';
import { post } from './api.js';
import { about, label, money, place, span } from './words.js';

/** Requests a dry run shortly after the last change. */
export function useDryRun(model, fields, ready, round) {
  const [state, setState] = useState({ run: null, refused: null });
  const key = ready ? JSON.stringify([model.id, fields, round]) : null;
  useEffect(() => {
    if (!key) return setState({ run: null, refused: null });
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        setState({ run: await post(`/models/${model.id}/jobs?dry_run=true`, fields, { signal: stop.signal }), refused: null });
      } catch (error) {
        if (!stop.signal.aborted) setState({ run: null, refused: error });
      }
    }, 350);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [key]);
  return state;
}

const added = { data_uri: 'an image', audio_uri: 'audio', prompt: 'a prompt' };

/**
 * @param problem a problem that belongs to no field of the form
 * @param invalid whether a field was refused, which the field itself says
 */
export function Estimate({ plan, lacks, problem, invalid, served }) {
  if (problem) return html`<p class="problem" role="alert">${problem.message}</p>`;
  if (invalid) return html`<p class="help">Price and wait appear when all fields are valid.</p>`;
  if (lacks.length) {
    const names = lacks.map(name => added[name] ?? label(name).toLowerCase());
    return html`<p class="help">Add ${names.join(' and ')} to see price and wait.</p>`;
  }
  if (!plan.run) return html`<p class="help">Calculating …</p>`;
  const { video, price, etaSeconds, upscaler } = plan.run;
  const larger = upscaler && upscaler !== 'ffmpeg' ? `, enlarged by ${upscaler}` : '';
  return html`<dl class="outlook">
    <div><dt>Video</dt><dd>${video.width}×${video.height}, ${span(video.seconds)}${larger}</dd></div>
    <div title="Per started 5 seconds of generated frames, at the model's own frame rate"><dt>Price</dt>
      <dd>${price?.charged ? money(price.amount, price.currency) : 'Free'}</dd></div>
    <div><dt>Starts</dt><dd>${startOf(plan.run, served)}</dd></div>
    <div><dt>Ready</dt><dd>${etaSeconds == null ? '–' : `in about ${about(etaSeconds)}`}</dd></div>
  </dl>`;
}

function startOf({ queue_position, etaSeconds, estimated_total_time_seconds: run }, served) {
  if (served === 0 || etaSeconds == null) return 'when a worker is available';
  const wait = etaSeconds - run;
  return queue_position === 0 && wait < 2 ? 'now' : `${place(queue_position)} in line, in ${about(wait)}`;
}
