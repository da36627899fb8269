// Icons on a 24-unit grid. They are hidden from screen readers because they are next to text.
import { html } from './html.js';

const shapes = {
  play: 'M8 5.5v13l10.5-6.5z',
  jobs: 'M4 6h16M4 12h16M4 18h10',
  queue: 'M4 19V9M9.3 19v-6M14.7 19V5M20 19v-8',
  workers: 'M5 5h14v14H5zM9.5 9.5h5v5h-5zM9 5V2.5M15 5V2.5M9 21.5V19M15 21.5V19M5 9H2.5M5 15H2.5M21.5 9H19M21.5 15H19',
  accounts: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20.5c.8-4 4-5.5 8-5.5s7.2 1.5 8 5.5',
  health: 'M3 12.5h4l2.5-7 4.5 13 2.5-6H21',
  text: 'M5 6V5h14v1M12 5v14M9 19h6',
  picture: 'M4 5h16v14H4zM4 16l4.5-4.5 4 4 2.5-2.5L20 17M15.5 9.5h.01',
  voice: 'M12 3.5a2.8 2.8 0 0 1 2.8 2.8v5a2.8 2.8 0 0 1-5.6 0v-5A2.8 2.8 0 0 1 12 3.5zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v2.5',
  wave: 'M3.5 10.5v3M7.7 7v10M12 4v16M16.3 8v8M20.5 10.5v3',
  clip: 'M3.5 6.5h12v11h-12zM15.5 10.5l5-3v9l-5-3z',
  larger: 'M13.5 4.5h6v6M19.5 4.5l-7 7M10.5 19.5h-6v-6M4.5 19.5l7-7',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  cross: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  clock: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2',
  stop: 'M7 7h10v10H7z',
  again: 'M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4.5V9H15',
  dice: 'M5 5h14v14H5zM9 9h.01M15 15h.01M15 9h.01M9 15h.01M12 12h.01',
  front: 'M12 20V9M7 13.5L12 8.5l5 5M5 4.5h14',
  download: 'M12 4v11M7.5 11L12 15.5l4.5-4.5M5 19.5h14',
  copy: 'M9 9h10.5v10.5H9zM5.5 15H4.5V4.5H15v1',
  code: 'M8.5 7L3.5 12l5 5M15.5 7l5 5-5 5',
  pause: 'M8.5 5.5v13M15.5 5.5v13',
  down: 'M6 9.5l6 6 6-6',
  right: 'M9.5 6l6 6-6 6',
  left: 'M14.5 6l-6 6 6 6',
  search: 'M11 4.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM16 16l4.5 4.5',
  upload: 'M12 15.5V5M7.5 9L12 4.5 16.5 9M5 19.5h14',
  flag: 'M6 21V4.5h12l-2.5 4.2L18 13H6',
  key: 'M8 10.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM11 11.5l8.5-8M16 6.5l3 3',
  leave: 'M14 4.5H5v15h9M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2'
    + 'M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4',
  moon: 'M20 14.2A8.2 8.2 0 0 1 9.8 4 8.2 8.2 0 1 0 20 14.2z',
  screen: 'M3.5 5h17v11h-17zM9 20h6M12 16v4',
  warn: 'M12 4L2.8 19.5h18.4zM12 10v4.5M12 17h.01',
  bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4',
  star: 'M12 4l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z',
  tag: 'M4 4.5h7.5l8.5 8.5-7 7L4.5 11.5zM8.3 8.3h.01',
  share: 'M12 14.5V4M8 7.5L12 3.5l4 4M6 11H4.5v9h15v-9H18',
  next: 'M5 5.5v13l8-6.5zM18 5.5v13',
  compare: 'M4 5h7v14H4zM13 5h7v14h-7z',
  plus: 'M12 5.5v13M5.5 12h13',
  film: 'M4 4.5h16v15H4zM8 4.5v15M16 4.5v15M4 9.5h4M4 14.5h4M16 9.5h4M16 14.5h4',
  money: 'M12 3.5v17M16.5 7c-.8-1.2-2.4-2-4.5-2-2.6 0-4.5 1.2-4.5 3.3 0 4.7 9.3 2.5 9.3 7.2'
    + ' 0 2.1-2 3.5-4.8 3.5-2.2 0-4-.8-4.9-2.2',
};

export const Icon = ({ name, size = 20 }) => html`
  <svg class="icon" width=${size} height=${size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d=${shapes[name]} /></svg>`;
