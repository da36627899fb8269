// The playground's form, kept in the browser so that a reload does not lose it.
const name = 'rushes-form';

/** The saved form of this account; empty if there is none. */
export function savedForm(account) {
  try {
    const saved = JSON.parse(localStorage.getItem(name));
    if (saved?.account === account) return { model: saved.model, values: saved.values, media: saved.media };
  } catch {
    // Storage is disabled or has something else under this name.
  }
  return { model: null, values: {}, media: {} };
}

/** Files that the gateway does not have are left out. The gateway's link replaces a preview that ends with the page. */
export function saveForm(account, { model, values, media }) {
  const kept = Object.entries(media).filter(([, medium]) => medium?.uri).map(([field, medium]) =>
    [field, { ...medium, url: medium.link ?? medium.url }]);
  try {
    localStorage.setItem(name, JSON.stringify({ account, model, values, media: Object.fromEntries(kept) }));
  } catch {
    // Storage is disabled or full.
  }
}

/** At sign-out, because others may use the browser. */
export function forgetForm() {
  try {
    localStorage.removeItem(name);
  } catch {
    // Storage is disabled.
  }
}
