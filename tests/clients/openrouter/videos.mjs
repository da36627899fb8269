// Create, poll and download; images and sounds; the callback; models with capabilities; errors.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { HTTPClient, OpenRouter } from "@openrouter/sdk";
import { apiKey, create, ended, origin, picture, short, videos } from "./client.mjs";

const authorization = `Bearer ${apiKey}`;
const once = { headers: { "Idempotency-Key": "boat-1" } };
const job = await create(short, once);
assert.equal(job.status, "pending");
assert.equal(job.pollingUrl, `${origin}/api/v1/videos/${job.id}`);
assert.equal((await create(short, once)).id, job.id);
const done = await ended(job.id);
assert.deepEqual([done.status, done.error, done.usage], ["completed", undefined, { cost: 0, isByok: false }]);
assert.equal((await fetch(done.unsignedUrls[0])).headers.get("content-type"), "video/mp4");
const bytes = Buffer.from(await new Response(await videos.getVideoContent({ jobId: job.id, index: 0 })).arrayBuffer());
assert.equal(bytes.subarray(4, 8).toString(), "ftyp");

// An image as the first frame, sent as a data URL; the name and both of its models are the operator's.
const url = `data:image/jpeg;base64,${readFileSync(picture).toString("base64")}`;
const frame = (frameType) => ({ type: "image_url", imageUrl: { url }, frameType });
const moved = await create({
  model: "acme/moving-pictures", prompt: "It moves", duration: 1, aspectRatio: "1:1", resolution: "480p",
  frameImages: [frame("first_frame"), frame("last_frame")], seed: 7,
});
const both = { type: "image_url", imageUrl: { url } };
const spoken = await create({
  model: "rushes/wan22-s2v-fast", prompt: "She speaks", generateAudio: true,
  inputReferences: [both, { type: "audio_url", audioUrl: { url: sound() } }],
});
for (const { id } of [moved, spoken]) assert.equal((await ended(id)).status, "completed");

// The end is posted, with OpenRouter's signature.
const { secret } = await (await fetch(`${origin}/webhooks/secret`, { headers: { authorization } })).json();
const posted = await new Promise((resolve) => {
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    response.end();
    server.close();
    resolve({ headers: request.headers, body: Buffer.concat(pieces).toString() });
  }).listen(0, "127.0.0.1", () => create({ ...short, callbackUrl: `http://127.0.0.1:${server.address().port}/` }));
});
const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(posted.headers["x-openrouter-signature"]);
assert.equal(createHmac("sha256", secret).update(`${seconds},${posted.body}`).digest("hex"), signature);
const event = JSON.parse(posted.body);
assert.equal(event.type, "video.generation.completed");
assert.equal(posted.headers["x-openrouter-idempotency-key"], `${event.data.id}-completed`);

const { data } = await videos.listVideosModels();
const model = (id) => data.find((each) => each.id === id);
assert.deepEqual(model("rushes/wan22-fast-i2v").supportedFrameImages, ["first_frame", "last_frame"]);
assert.deepEqual(model("rushes/wan22-fast-t2v").supportedDurations, [1, 2, 3, 4, 5, 6, 7]);
assert.equal(model("rushes/wan22-fast-t2v").supportedFrameImages, null);
assert.equal(model("rushes/wan22-fast-t2v").pricingSkus.per_started_5_seconds_480p, "0.25");
assert.ok(model("rushes/wan22-fast-t2v").allowedPassthroughParameters.includes("negative_prompt"));
assert.equal(model("rushes/hunyuan-foley").generateAudio, true);
assert.ok(model("acme/moving-pictures"));

const fails = (request, status, message) => assert.rejects(create({ ...short, ...request }), (error) => {
  assert.equal(error.statusCode, status);
  assert.match(error.message, message);
  return true;
});
await fails({ size: "5x5" }, 400, /size is "5x5"; send one of 832x480/);
await fails({ model: "none/none" }, 400, /model is "none\/none"; send one of/);
await fails({ frameImages: [frame("first_frame")] }, 400, /frame_images\[0\] is a picture for first_frame/);
await fails({ generateAudio: true }, 400, /generate_audio is true, but/);
await assert.rejects(withOptions({ duration: 2 }), /provider\.options\.rushes\.duration is not an option/);
assert.equal((await withOptions({ negative_prompt: "rain" })).status, "pending");
await fails({ previousJobId: job.id }, 400, /previous_job_id is not supported/);
await fails({ callbackUrl: "ftp://example.com" }, 400, /callback_url/);
await assert.rejects(videos.getGeneration({ jobId: "none" }), (error) => error.statusCode === 404);

const removed = await fetch(`${origin}/api/v1/videos/${job.id}`, { method: "DELETE", headers: { authorization } });
assert.equal(removed.status, 204);
await assert.rejects(videos.getGeneration({ jobId: job.id }), (error) => error.statusCode === 404);

/** The package leaves out options for providers that it does not know; a hook adds them. */
function withOptions(rushes) {
  const httpClient = new HTTPClient();
  httpClient.addHook("beforeRequest", async (request) => request.method !== "POST" ? request
    : new Request(request, { body: JSON.stringify({ ...await request.json(), provider: { options: { rushes } } }) }));
  const client = new OpenRouter({ apiKey, serverURL: `${origin}/api/v1`, httpClient });
  return client.videoGeneration.generate({ videoGenerationRequest: short });
}

/** Half a second of a tone, as a WAV file. */
function sound() {
  const rate = 16_000, samples = rate / 2;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i++) wav.writeInt16LE(Math.round(8000 * Math.sin(i / 6)), 44 + i * 2);
  return `data:audio/wav;base64,${wav.toString("base64")}`;
}
