// Formats numbers and times.

/** A duration in seconds: `8 s`, `1 min 20 s`, `2 h 5 min`. */
export function span(seconds) {
  if (seconds == null || !isFinite(seconds)) return '–';
  if (seconds < 10 && seconds % 1 >= 0.05) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** An estimated duration, rounded. */
export function about(seconds) {
  const step = seconds < 20 ? 1 : seconds < 120 ? 5 : 60;
  return span(Math.ceil(seconds / step) * step);
}

export function ago(time, now = Date.now()) {
  const seconds = Math.max(0, (now - Date.parse(time)) / 1000);
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return new Date(time).toLocaleDateString('en',
    { month: 'short', day: 'numeric', ...(seconds > 300 * 86400 ? { year: 'numeric' } : {}) });
}

/** Date and time in the local time zone. */
export const at = time => new Date(time).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'medium', hour12: false });

/** Date and time without the year, for lists of events. */
export const when = time => new Date(time).toLocaleString('en', {
  month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
});

export const clock = time => new Date(time).toLocaleTimeString('en', { hour12: false });

export const since = (from, until) => (Date.parse(until) - Date.parse(from)) / 1000;

export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  for (const unit of ['kB', 'MB', 'GB', 'TB']) {
    bytes /= 1000;
    if (bytes < 1000) return `${bytes < 10 ? bytes.toFixed(1) : Math.round(bytes)} ${unit}`;
  }
  return `${bytes} PB`;
}

export const money = (amount, currency = 'USD') =>
  new Intl.NumberFormat('en', { style: 'currency', currency, minimumFractionDigits: 2, maximumFractionDigits: 6 }).format(amount);

export const count = (number, noun, many = noun + 's') => `${number.toLocaleString('en')} ${number === 1 ? noun : many}`;

/** `higher_quality_with_more_steps` as a label. */
export function label(name) {
  const words = name.replace(/_ur[il]$/, '').replaceAll('_', ' ');
  return words[0].toUpperCase() + words.slice(1);
}

export const states = { awaiting: 'Awaiting approval', queued: 'Queued', running: 'Running', completed: 'Completed',
  failed: 'Failed', cancelled: 'Cancelled' };

export const isLive = state => state === 'queued' || state === 'running' || state === 'awaiting';

/** 1st, 2nd, 3rd: a position that counts from 0. */
export function place(position) {
  const number = position + 1;
  const tail = number % 100 > 10 && number % 100 < 14 ? 'th' : ['th', 'st', 'nd', 'rd'][number % 10] ?? 'th';
  return number.toLocaleString('en') + tail;
}

export const kinds = {
  'text-to-video': { short: 'Text', title: 'Text to video', icon: 'text' },
  'image-to-video': { short: 'Image', title: 'Image to video', icon: 'picture' },
  'sound-to-video': { short: 'Speech', title: 'Speech to video', icon: 'voice' },
  'video-to-video': { short: 'Clip', title: 'Video to video', icon: 'clip' },
  'video-extend': { short: 'Extend', title: 'Continue a clip', icon: 'next' },
  upscale: { short: 'Upscale', title: 'Larger and sharper clip', icon: 'larger' },
  foley: { short: 'Foley', title: 'Sound effects for a video', icon: 'wave' },
};

const phases = { prepare: 'Preparing', encode: 'Encoding' };

/** A running job's progress: `Rendering 68 %`. */
export const progress = live => `${phases[live.task] ?? 'Rendering'} ${Math.floor(100 * live.done / live.tasks)} %`;
