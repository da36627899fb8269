// Gaps of a prompt template, such as {subject}: words in braces, to be replaced.
const gap = /\{[^{}\n]+\}/g;

/** Selects the first gap from a position on, so that typing fills it. Returns whether there is one. */
export function selectGap(area, from = 0) {
  gap.lastIndex = from;
  const found = gap.exec(area.value);
  if (!found) return false;
  area.focus();
  area.setSelectionRange(found.index, gap.lastIndex);
  return true;
}

/** Tab goes to the next gap, or to the next control if there is none. */
export const nextGap = event => {
  if (event.key === 'Tab' && !event.shiftKey && selectGap(event.target, event.target.selectionEnd)) event.preventDefault();
};
