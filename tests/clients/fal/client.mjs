// All that a user of @fal-ai/client changes: where the proxy is, and the key.
import { createFalClient } from "@fal-ai/client";

export const [origin, credentials] = process.argv.slice(2);

export const fal = createFalClient({
  credentials,
  proxyUrl: { url: `${origin}/api/fal/proxy`, when: "always" },
});

export const text = "fal-ai/wan/v2.2-a14b/text-to-video";

/** The shortest video that fal's fields allow. */
export const short = {
  prompt: "A paper boat on a calm sea",
  resolution: "480p",
  num_frames: 17,
  frames_per_second: 60,
  num_interpolated_frames: 0,
};

/** Keeps a worker busy until it is cancelled. Nothing else starts, even if this should end before. */
export async function busy() {
  const id = text;
  const { request_id: requestId } = await fal.queue.submit(
    id, { input: { prompt: "A long way to go", num_frames: 161, num_interpolated_frames: 4 } });
  await statusOf(id, requestId, "IN_PROGRESS");
  const paused = await fetch(
    `${origin}/admin/lanes/t2v/pause`, { method: "POST", headers: { Authorization: `Bearer ${credentials}` } });
  if (!paused.ok) throw new Error(`the lane was not paused: ${paused.status}`);
  return { requestId, end: () => fal.queue.cancel(id, { requestId }) };
}

/** Asks until a request has this status. */
export async function statusOf(id, requestId, status) {
  for (;;) {
    const now = await fal.queue.status(id, { requestId, logs: true });
    if (now.status === status) return now;
    if (now.status === "COMPLETED") throw new Error(`${requestId} has ended: ${JSON.stringify(now)}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
