// Pasted files.
import { useEffect, useRef } from './html.js';
import { kindOf } from './media.js';

/** Calls `take` with a file that is pasted anywhere on the page; it returns whether it has used the file. */
export function usePaste(take) {
  const latest = useRef();
  latest.current = take;
  useEffect(() => {
    const paste = event => {
      const file = [...event.clipboardData?.files ?? []][0];
      if (file && !event.defaultPrevented && latest.current(file)) event.preventDefault();
    };
    addEventListener('paste', paste);
    return () => removeEventListener('paste', paste);
  }, []);
}

/** The field for a pasted file: the first empty one that accepts its type, otherwise the first that does. */
export function fieldFor(file, fields, media) {
  const fits = fields.filter(field => field.media.includes(kindOf(file)));
  return fits.find(field => !media[field.name]) ?? fits[0];
}
