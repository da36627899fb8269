// Whether the gateway responds. One banner shows it on all pages.
import { html, useEffect, useState } from './html.js';

let away = false;
const listeners = new Set();
const every = 2000;

/** Called with the outcome of every request. */
export function setAway(now) {
  if (now === away) return;
  away = now;
  listeners.forEach(listener => listener(now));
}

/** Whether the gateway does not respond now. */
export function useAway() {
  const [now, setNow] = useState(away);
  useEffect(() => {
    listeners.add(setNow);
    setNow(away);
    return () => listeners.delete(setNow);
  }, []);
  return now;
}

/** Asks again until the gateway responds. */
export function Reconnecting({ ask }) {
  const now = useAway();
  useEffect(() => {
    if (!now) return;
    const timer = setInterval(ask, every);
    return () => clearInterval(timer);
  }, [now]);
  return now && html`<p class="banner" role="status"><span class="spin" />Reconnecting to the gateway …</p>`;
}
