// A part of a page that is closed at first.
import { html, useState } from './html.js';
import { Icon } from './icons.js';

/**
 * A `details` element. Its content is rendered when it is first opened, so that the page appears sooner.
 * @param children returns the content
 * @param open whether it is open without a click
 * @param onOpen called at each opening
 * @param box a reference to the element
 */
export function Fold({ title, children: content, open, onOpen, box, ...rest }) {
  const [opened, setOpened] = useState(false);
  const toggle = event => {
    if (!event.currentTarget.open) return;
    setOpened(true);
    onOpen?.();
  };
  return html`<details ...${rest} ref=${box} open=${open || undefined} onToggle=${toggle}>
    <summary>${title}<${Icon} name="down" size="16" /></summary>
    ${(open || opened) && content()}
  </details>`;
}
