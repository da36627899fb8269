// What is wrong with a request comes as the client's own kinds of errors.
import assert from "node:assert/strict";
import { ApiError, ValidationError, createFalClient } from "@fal-ai/client";
import { fal, origin, short, text } from "./client.mjs";

await assert.rejects(fal.subscribe(text, { input: { ...short, num_frames: 3 } }), (error) => {
  assert.ok(error instanceof ValidationError);
  assert.match(error.getFieldErrors("num_frames")[0].msg, /17 to 161/);
  return true;
});
await assert.rejects(fal.subscribe("fal-ai/flux/dev", { input: {} }),
  (error) => error instanceof ApiError && error.status === 404);
await assert.rejects(fal.queue.status(text, { requestId: "123" }), (error) => error.status === 404);

const stranger = createFalClient({ credentials: "not-the-key-of-anyone",
  proxyUrl: { url: `${origin}/api/fal/proxy`, when: "always" } });
await assert.rejects(stranger.queue.submit(text, { input: short }), (error) => error.status === 401);
