// Preact with htm instead of JSX, imported by every page.
import { h } from './vendor/preact.js';
import htm from './vendor/htm.js';

export { render, createContext, Fragment } from './vendor/preact.js';
export { useState, useEffect, useLayoutEffect, useMemo, useRef, useCallback, useContext, useId } from './vendor/hooks.js';
export const html = htm.bind(h);
