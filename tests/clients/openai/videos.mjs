// A video's life: created, polled, listed, downloaded, deleted.
import assert from "node:assert/strict";
import { ended, openai, short } from "./client.mjs";

const { data: created, response } = await openai.videos.create({ ...short, seed: 7 }).withResponse();
assert.match(created.id, /^video_[0-9a-f]{32}$/);
assert.deepEqual(
  { ...created, id: 0, created_at: 0, status: 0, progress: 0, queue_position: undefined, eta_seconds: undefined },
  {
    id: 0, object: "video", model: "sora-2", status: 0, progress: 0, created_at: 0, completed_at: null, expires_at: null,
    prompt: short.prompt, size: "512x512", seconds: "1", remixed_from_video_id: null, error: null,
    queue_position: undefined, eta_seconds: undefined,
  });
assert.ok(Number(response.headers.get("openai-poll-after-ms")) >= 500);

const video = await ended(created.id);
assert.equal(video.status, "completed");
assert.equal(video.progress, 100);
assert.ok(video.completed_at >= video.created_at);
assert.ok(video.expires_at > video.completed_at, "the gateway of this test deletes videos after a day");

const file = Buffer.from(await (await openai.videos.downloadContent(video.id)).arrayBuffer());
assert.equal(file.subarray(4, 8).toString(), "ftyp");
const part = await openai.videos.downloadContent(video.id, {}, { headers: { Range: "bytes=4-7" } });
assert.deepEqual([part.status, await part.text()], [206, "ftyp"]);
for (const variant of ["thumbnail", "spritesheet"]) {
  const first = await openai.videos.downloadContent(video.id, { variant });
  assert.equal(first.headers.get("content-type"), "image/webp", variant);
  const image = Buffer.from(await first.arrayBuffer());
  assert.equal(image.subarray(8, 12).toString(), "WEBP", variant);
  const again = await openai.videos.downloadContent(video.id, { variant });
  assert.equal(again.headers.get("etag"), first.headers.get("etag"), "an image is made once");
  await again.arrayBuffer();
}

const others = [];
for (let i = 0; i < 3; i++) others.push((await openai.videos.create(short)).id);
const newest = [];
for await (const each of openai.videos.list({ limit: 2 })) newest.push(each.id);
assert.deepEqual(newest, [...others.toReversed(), video.id]);
const oldest = [];
for await (const each of openai.videos.list({ limit: 2, order: "asc" })) oldest.push(each.id);
assert.deepEqual(oldest, newest.toReversed());

for (const id of newest)
  assert.deepEqual(await openai.videos.delete(id), { id, object: "video.deleted", deleted: true });
await assert.rejects(openai.videos.retrieve(video.id), { status: 404, type: "not_found_error", code: "video_not_found" });
await assert.rejects(openai.videos.downloadContent(video.id), { status: 404 });
assert.deepEqual((await openai.videos.list()).data, []);
