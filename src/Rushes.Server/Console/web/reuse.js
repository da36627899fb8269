// Finished videos as inputs of new ones: their last frame as the first image, or the video itself as a clip.
import { get, post } from './api.js';

const type = 'application/x-rushes-job';

/** Lets an element be dragged to an upload field. */
export const draggable = job => ({ draggable: true, onDragStart: event => event.dataTransfer.setData(type, String(job.id)) });

/** The id of a dragged job; null for anything else. */
export const draggedJob = event => Number(event.dataTransfer.getData(type)) || null;

/** A medium of the form, made from a finished video, for a field that accepts these kinds. */
export async function mediumOf(job, kinds) {
  if (kinds.includes('picture') && !kinds.includes('clip')) return lastFrameOf(job);
  const { result } = await get(`/jobs/${job}`);
  if (!result?.url) throw new Error(`Job ${job} has no video.`);
  return { uri: result.uri, url: result.url, link: result.url, kind: 'clip', content_type: 'video/mp4', bytes: result.bytes,
    name: `Video of job ${job}` };
}

export async function lastFrameOf(job) {
  const stored = await post(`/jobs/${job}/last-frame`);
  return { ...stored, url: stored.link, name: `Last frame of job ${job}` };
}

/** A file that was pasted on another page, for the playground. */
let waiting = null;
export const handOver = file => { waiting = file; };
export const takeOver = () => {
  const file = waiting;
  waiting = null;
  return file;
};
