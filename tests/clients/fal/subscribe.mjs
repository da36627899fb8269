// Both ways of waiting for a request, and the one that has no queue.
import assert from "node:assert/strict";
import { fal, short, text } from "./client.mjs";

for (const mode of ["polling", "streaming"]) {
  const updates = [];
  const { data, requestId } = await fal.subscribe(text,
    { input: { ...short, seed: 7 }, logs: true, mode, pollInterval: 50, onQueueUpdate: (update) => updates.push(update) });

  const last = updates.at(-1);
  assert.equal(last.status, "COMPLETED", mode);
  assert.equal(last.request_id, requestId);
  assert.ok(last.metrics.inference_time > 0);
  assert.match(last.logs.at(-1).message, /^Completed in/);
  assert.deepEqual(last.logs.filter((line) => line.message === "Started.").length, 1, "each line once");
  assert.ok(updates.every((update) => ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"].includes(update.status)
    && Array.isArray(update.logs)));

  assert.equal(data.seed, 7);
  assert.equal(data.video.content_type, "video/mp4");
  const file = await fetch(data.video.url);
  assert.equal((await file.arrayBuffer()).byteLength, data.video.file_size);
}

const run = await fal.run("queue/wan22-fast-t2v", { input: { prompt: "A paper boat", duration: 0.5, width: 512, height: 512 } });
assert.match(run.data.video.url, /\.mp4\?/);
assert.match(run.requestId, /^[0-9a-f-]{36}$/);
