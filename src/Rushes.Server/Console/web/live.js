// Live data: polled lists, and the stream of a job.
import { useCallback, useEffect, useRef, useState } from './html.js';
import { get, streamOf } from './api.js';
import { useAway } from './connection.js';
import { isLive } from './words.js';

/**
 * Polls while the page is visible. `data` keeps its last value during a request and after an error.
 */
export function usePoll(load, every, keys) {
  const [state, setState] = useState({ data: null, error: null });
  const running = useRef({ reload: () => {} });

  useEffect(() => {
    const stop = new AbortController();
    let timer;
    let asking = false;
    const ask = async () => {
      clearTimeout(timer);
      if (asking) return;
      asking = true;
      try {
        const data = await load(stop.signal);
        if (!stop.signal.aborted) setState({ data, error: null });
      } catch (error) {
        if (!stop.signal.aborted) setState(before => ({ ...before, error }));
      }
      asking = false;
      if (!stop.signal.aborted && !document.hidden) timer = setTimeout(ask, every);
    };
    const seen = () => { if (!document.hidden) ask(); };
    running.current.reload = ask;
    document.addEventListener('visibilitychange', seen);
    ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, keys);

  const reload = useCallback(() => running.current.reload(), []);
  return { ...state, reload };
}

/**
 * A job with its details, followed until it ends. `live` is its status from the stream.
 */
export function useJob(id) {
  const [state, setState] = useState({ id: null, detail: null, live: null, error: null });
  const [asked, setAsked] = useState(0);
  const reload = useCallback(() => setAsked(times => times + 1), []);
  // When the gateway is back, the job is read and followed again.
  const away = useAway();

  useEffect(() => {
    if (away && id) return;
    if (!id) return setState({ id: null, detail: null, live: null, error: null });
    let gone = false;
    let stream;
    const read = async () => {
      try {
        const detail = await get(`/jobs/${id}`);
        if (gone) return;
        // The status from the stream is newer and can have a preview.
        const newest = before => detail.job.live && ((stream && before.id === id && before.live) || detail.job.live);
        setState(before => ({ id, detail, live: newest(before) ?? null, error: null }));
        if (detail.job.live && !stream) follow(detail.job.id);
      } catch (error) {
        if (!gone) setState(before => ({ ...(before.id === id ? before : { detail: null, live: null }), id, error }));
      }
    };
    const follow = number => {
      let state;
      stream = streamOf(number);
      stream.addEventListener('preview', event => {
        const preview_url = pictureOf(JSON.parse(event.data).preview);
        setState(before => ({ ...before, live: { ...before.live, preview_url } }));
      });
      stream.onmessage = event => {
        const live = JSON.parse(event.data);
        const ended = !isLive(live.state);
        if (ended) stream.close();
        // A start or an end also changes runs, result and webhooks.
        if (ended || (state && state !== live.state)) read();
        state = live.state;
        const kept = before => live.state === 'running' ? before.live?.preview_url : undefined;
        if (!ended) setState(before => ({ ...before, live: { ...live, preview_url: kept(before) } }));
      };
    };
    read();
    return () => {
      gone = true;
      stream?.close();
    };
  }, [id, asked, away]);

  return { ...(state.id === id ? state : { detail: null, live: null, error: null }), reload };
}

/** Converts a data URL to a blob URL, which the page's CSP allows; only the last one is kept. */
let picture;
function pictureOf(data) {
  URL.revokeObjectURL(picture);
  const bytes = Uint8Array.from(atob(data.split(',')[1]), letter => letter.charCodeAt(0));
  return picture = URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }));
}

/** The current time, updated every second while `running`. */
export function useNow(running) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
