// Low priority waits behind normal, whenever it came.
import assert from "node:assert/strict";
import { busy, fal, short, text } from "./client.mjs";

const running = await busy();
const low = await fal.queue.submit(text, { input: short, priority: "low" });
const normal = await fal.queue.submit(text, { input: short });
assert.equal(normal.queue_position, 0);
assert.equal((await fal.queue.status(text, { requestId: low.request_id })).queue_position, 1);
for (const { request_id: requestId } of [low, normal]) await fal.queue.cancel(text, { requestId });
await running.end();
