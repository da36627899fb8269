// The log of a job: what happened to it, and the progress of its run while the page was open.
import { html, useLayoutEffect, useRef } from './html.js';
import { eventsOf } from './timeline.js';
import { at, clock } from './words.js';

export function Log({ detail, steps }) {
  const box = useRef();
  const lines = [...eventsOf(detail), ...steps].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  // The newest line is in view.
  useLayoutEffect(() => { box.current.scrollTop = box.current.scrollHeight; }, [lines.length]);
  return html`<div class="log" role="log" aria-label="Log" tabindex="0" ref=${box}>
    ${lines.map((line, i) => html`<p key=${i} data-kind=${line.bad ? 'bad' : undefined}>
      <time datetime=${line.at} title=${at(line.at)}>${clock(line.at)}</time> ${line.title} <span>${line.text}</span></p>`)}
  </div>`;
}
