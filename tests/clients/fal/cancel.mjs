// A queued request and a running one are cancelled; a finished one says so.
import assert from "node:assert/strict";
import { busy, fal, short, statusOf, text } from "./client.mjs";

const running = await busy();
const { request_id: requestId, queue_position } = await fal.queue.submit(text, { input: short });
assert.equal(queue_position, 0);
await assert.rejects(fal.queue.result(text, { requestId }), (error) => error.status === 400);

await fal.queue.cancel(text, { requestId });
const ended = await statusOf(text, requestId, "COMPLETED");
assert.equal(ended.error_type, "client_cancelled");
await assert.rejects(fal.queue.result(text, { requestId }),
  (error) => error.status === 499 && error.body.error_type === "client_cancelled");
await assert.rejects(fal.queue.cancel(text, { requestId }),
  (error) => error.status === 400 && error.body.status === "ALREADY_COMPLETED");

await running.end();
assert.equal((await statusOf(text, running.requestId, "COMPLETED")).error_type, "client_cancelled");
