// An image as a file of the form, as a data URL in the form, as an uploaded file, and as JSON.
import assert from "node:assert/strict";
import { createReadStream, readFileSync } from "node:fs";
import { apiKey, createAndPoll, openai, origin, picture, short } from "./client.mjs";

const asked = { ...short, size: undefined };
const dataUrl = `data:image/jpeg;base64,${readFileSync(picture).toString("base64")}`;

const uploaded = await openai.files.create({ file: createReadStream(picture), purpose: "vision" });
assert.match(uploaded.id, /^file-/);
assert.equal(uploaded.bytes, readFileSync(picture).length);
assert.deepEqual((await openai.files.list()).data.map((file) => file.id), [uploaded.id]);
assert.equal((await openai.files.retrieve(uploaded.id)).bytes, uploaded.bytes);
assert.deepEqual(Buffer.from(await (await openai.files.content(uploaded.id)).arrayBuffer()), readFileSync(picture));

for (const reference of [createReadStream(picture), { image_url: dataUrl }, { file_id: uploaded.id }]) {
  const video = await createAndPoll({ ...asked, input_reference: reference });
  assert.match(video.size, /x480$/, "as high as the model's first height, with the aspect ratio of the image");
  await openai.videos.delete(video.id);
}

const sent = await fetch(`${origin}/v1/videos`, {
  method: "POST",
  headers: { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/json" },
  body: JSON.stringify({ ...asked, seconds: 1, size: "720x1280", input_reference: { image_url: dataUrl } }),
});
const video = await sent.json();
assert.deepEqual([sent.status, video.size, video.seconds], [200, "720x1280", "1"], JSON.stringify(video));

await assert.rejects(
  openai.videos.create({ ...asked, input_reference: { image_url: dataUrl, file_id: uploaded.id } }),
  { status: 400, param: "input_reference" });
await assert.rejects(
  openai.videos.create({ ...asked, model: "wan22-fast-t2v", input_reference: createReadStream(picture) }),
  { status: 400, param: "input_reference" });
assert.equal((await openai.files.delete(uploaded.id)).deleted, true);
await assert.rejects(openai.videos.create({ ...asked, input_reference: { file_id: uploaded.id } }), { status: 400 });
