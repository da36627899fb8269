// Views and dialogs that are loaded when they are first shown, so that the first page appears sooner.
import { html, useEffect, useState } from './html.js';

/**
 * A component of a module that is loaded later.
 * @param load imports the module; @param name the component's name in it
 */
export function lazily(load, name) {
  // Shown at once the next time.
  let loaded = null;
  return function Lazy(props) {
    const [view, setView] = useState(() => loaded);
    const [failed, setFailed] = useState(false);
    const take = module => {
      loaded = module[name];
      setView(() => loaded);
    };
    useEffect(() => { if (!loaded) load().then(take, () => setFailed(true)); }, []);
    return view ? html`<${view} ...${props} />`
      : failed && html`<p class="trouble" role="alert">This part of the console could not be loaded. Reload the page.</p>`;
  };
}
