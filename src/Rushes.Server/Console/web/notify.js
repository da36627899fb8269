// Browser notifications about videos that are ready while the page is in the background.
import { useState } from './html.js';
import { go } from './route.js';

const name = 'rushes-notify';

const isOn = () => localStorage.getItem(name) === 'on' && globalThis.Notification?.permission === 'granted';

/** The setting, and a function that changes it; turning it on asks the browser for permission. */
export function useNotify() {
  const [on, setOn] = useState(isOn);
  return [on, async wanted => {
    if (wanted && await globalThis.Notification?.requestPermission() !== 'granted') return setOn(false);
    localStorage.setItem(name, wanted ? 'on' : 'off');
    setOn(wanted);
  }];
}

export function notifyEnd(job) {
  if (!document.hidden || !isOn()) return;
  const title = job.state === 'completed' ? `Video ${job.id} is ready` : `Job ${job.id} ${job.state}`;
  const shown = new Notification(title, { body: job.prompt, tag: `rushes-${job.id}` });
  shown.onclick = () => {
    focus();
    go(`/console/jobs/${job.id}`);
    shown.close();
  };
}
