// Client-side routing by path and query.
import { useEffect, useState } from './html.js';

const listeners = new Set();

export const here = () => ({ path: location.pathname.replace(/\/+$/, '') || '/console',
  query: Object.fromEntries(new URLSearchParams(location.search)) });

export function go(to, { replace = false, keepScroll = false } = {}) {
  if (to === location.pathname + location.search) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  listeners.forEach(listener => listener());
  if (!replace && !keepScroll) scrollTo(0, 0);
}

export function useRoute() {
  const [route, setRoute] = useState(here);
  useEffect(() => {
    const moved = () => setRoute(here());
    listeners.add(moved);
    addEventListener('popstate', moved);
    return () => {
      listeners.delete(moved);
      removeEventListener('popstate', moved);
    };
  }, []);
  return route;
}

/** Handles links within the console without reloading the page. */
export function followLinks() {
  document.addEventListener('click', event => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest?.('a[href]');
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin
      || !link.pathname.startsWith('/console')) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}
