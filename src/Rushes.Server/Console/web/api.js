// Calls to the console's API. The session is in an HttpOnly cookie.
import { setAway } from './connection.js';

const base = '/console/api';

/** An error response of the server. */
export class ApiError extends Error {
  constructor(status, body) {
    super(body?.error ?? `The gateway returned HTTP status ${status}.`);
    this.status = status;
    this.field = body?.field;
    this.code = body?.code;
  }
}

/** Called when the session has expired; set by the app. */
export const session = { ended: () => {} };

export const get = (path, signal) => call('GET', path, { signal });
export const post = (path, body, more = {}) => call('POST', path, { body, ...more });
export const put = (path, body) => call('PUT', path, { body });
export const patch = (path, body) => call('PATCH', path, { body });
export const remove = path => call('DELETE', path, {});

export const signIn = key => call('POST', '/session', { headers: { Authorization: `Bearer ${key}` }, quiet: true });
export const signInByCode = code => call('POST', '/session/code', { headers: { 'X-Rushes-Sign-In': code }, quiet: true });
export const signOut = () => call('DELETE', '/session', {});

/** Uploads a file; returns the address to use in a field. */
export const upload = (file, signal) =>
  call('POST', '/media', { raw: file, headers: { 'Content-Type': 'application/octet-stream' }, signal });

/** The status events of a job. If the stream breaks, the gateway may be down, so it is pinged. */
export function streamOf(id) {
  const stream = new EventSource(`${base}/jobs/${id}/stream`);
  stream.onerror = ping;
  return stream;
}

/** Finds out whether the gateway responds. */
export const ping = () => get('/account').catch(() => {});

/** A still image of a finished video. */
export const thumbnailOf = id => `${base}/jobs/${id}/thumbnail`;

/** A query string without empty fields. */
export function query(fields) {
  const found = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== ''
    && value !== false);
  return found.length ? '?' + new URLSearchParams(found) : '';
}

/**
 * Each response has new signed URLs. The first one is reused while it is valid; otherwise a video would restart whenever its
 * list is reloaded.
 */
const links = new Map();
const linkLife = 6 * 3600_000;

function steady(name, value) {
  if (typeof value !== 'string' || !name.endsWith('url') || !value.includes('X-Amz-Signature=')) return value;
  const path = value.split('?')[0];
  const known = links.get(path);
  if (known && Date.now() - known.since < linkLife) return known.url;
  links.set(path, { url: value, since: Date.now() });
  return value;
}

async function call(method, path, { body, raw, headers = {}, signal, quiet }) {
  let answer;
  try {
    answer = await fetch(base + path, {
      method, signal,
      headers: { 'X-Rushes-Console': '1', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    setAway(true);
    throw new ApiError(0, { error: 'The gateway does not respond.' });
  }
  setAway(false);
  const text = await answer.text();
  const read = text && answer.headers.get('Content-Type')?.includes('json') ? JSON.parse(text, steady) : text;
  if (answer.ok) return read;
  if (answer.status === 401 && !quiet) session.ended();
  throw new ApiError(answer.status, read);
}
