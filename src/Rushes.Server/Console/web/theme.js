// The color theme: light, dark, or the system setting.
import { useState } from './html.js';

const name = 'rushes-theme';
const kept = () => localStorage.getItem(name) ?? 'auto';

export function applyTheme(theme = kept()) {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  dispatchEvent(new Event('themechange'));
}

export function useTheme() {
  const [theme, setTheme] = useState(kept);
  return [theme, next => {
    localStorage.setItem(name, next);
    applyTheme(next);
    setTheme(next);
  }];
}
