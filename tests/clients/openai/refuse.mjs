// Errors in OpenAI's form, which the package turns into its own exceptions.
import assert from "node:assert/strict";
import OpenAI from "openai";
import { ended, openai, origin, short } from "./client.mjs";

const create = (change) => openai.videos.create({ ...short, ...change }, { maxRetries: 0 });
await assert.rejects(create({ size: "1x1" }), (error) => {
  assert.ok(error instanceof OpenAI.BadRequestError);
  assert.deepEqual([error.type, error.param, error.code], ["invalid_request_error", "size", "invalid_value"]);
  assert.match(error.message, /size is "1x1"; send one of 832x480, 480x832, 1280x720, 720x1280, 512x512, 768x768/);
  return true;
});
await assert.rejects(create({ model: "sora-9" }), { status: 404, param: "model", code: "model_not_found" });
await assert.rejects(create({ prompt: undefined }), { status: 400, param: "prompt" });
await assert.rejects(create({ seconds: "60" }), { status: 400, param: "seconds" });
await assert.rejects(create({ seconds: "long" }), { status: 400, param: "seconds" });
await assert.rejects(create({ fps: 60, seconds: "5" }), { status: 400, param: "fps" });
await assert.rejects(create({ tier: "best" }), { status: 400, param: "tier" });
await assert.rejects(create({ webhook_url: "ftp://example.com/" }), { status: 400, param: "webhook_url" });
await assert.rejects(create({ "options[depth]": 3 }), { status: 400 });
await assert.rejects(openai.videos.list({ order: "up" }), { status: 400, param: "order" });
for (const change of [{ prompt: "Add rain" }, { prompt: "Add rain", model: "wan21-vace" }])
  await assert.rejects(openai.videos.edit({ ...change, video: { id: "video_1" } }), { status: 400, param: "video" });
for (const model of ["wan22-fast-t2v", "wan22-extend"])
  await assert.rejects(openai.videos.edit({ model, prompt: "Add rain", video: { id: "video_1" } }),
    { status: 400, param: "model" });
await assert.rejects(
  openai.videos.extend({ prompt: "Go on", seconds: "4", video: { id: "video_1" } }), { status: 400, param: "video" });
const stranger = new OpenAI({ apiKey: "a-key-that-never-was", baseURL: `${origin}/v1`, maxRetries: 0 });
await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError);

const models = (await openai.models.list()).data;
assert.equal(models[0].id, "sora-2");
assert.ok(models.some((model) => model.id === "wan22-fast-t2v" && model.object === "model"));
assert.equal((await openai.models.retrieve("sora-2")).id, "sora-2");
await assert.rejects(openai.models.retrieve("sora-9"), { status: 404 });

// The same request once, however often it is sent.
const options = { idempotencyKey: "order-1", headers: { "Idempotency-Key": "order-1" } };
const first = await openai.videos.create(short, options);
assert.equal((await openai.videos.create(short, options)).id, first.id);
await assert.rejects(openai.videos.create({ ...short, prompt: "Another" }, options), { status: 422 });

// A tier, a frame rate and a number of frames.
const drawn = await create({ tier: "pro", num_frames: 24, fps: 24 });
assert.equal(drawn.seconds, "1");
assert.equal((await ended(drawn.id)).status, "completed");
