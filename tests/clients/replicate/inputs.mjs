// An image as a Buffer, which the package uploads first, and as a data URL; errors as problem details.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { model, replicate, short } from "./client.mjs";

const image = readFileSync(process.argv[4]);
const moving = "acme/moving-pictures";
const input = { prompt: "It moves", duration: 0.5 };
for (const sent of [image, `data:image/jpeg;base64,${image.toString("base64")}`]) {
  const prediction = await replicate.predictions.create({ model: moving, input: { ...input, image: sent } });
  assert.deepEqual([prediction.status, prediction.model], ["starting", moving]);
  assert.doesNotMatch(JSON.stringify(prediction.input), /base64/);
  await replicate.predictions.cancel(prediction.id);
}

const uploaded = await replicate.files.create(image);
assert.equal((await replicate.files.get(uploaded.id)).size, image.length);
// Members that the client for Python requires.
assert.deepEqual([uploaded.checksums, uploaded.metadata], [{}, {}]);
assert.equal(await replicate.files.delete(uploaded.id), true);
await assert.rejects(replicate.files.get(uploaded.id), /404/);

const fails = (options, status, detail) =>
  assert.rejects(replicate.predictions.create(options), (error) => {
    assert.equal(error.response.status, status);
    assert.equal(error.response.headers.get("content-type"), "application/problem+json");
    assert.match(error.message, detail);
    return true;
  });
await fails({ model, input: { ...short, duration: 60 } }, 422, /duration is 60/);
await fails({ model, input: {} }, 422, /prompt is missing/);
await fails({ model, input: { ...short, size: "512x512" } }, 422, /size cannot be combined with width/);
await fails({ model, input: { prompt: "A boat", size: "5x5" } }, 422, /5x5.*send one of 832x480/);
await fails({ model: "rushes/none", input: short }, 404, /There is no model/);
await fails({ version: "0".repeat(64), input: short }, 404, /There is no model/);
await fails({ model, input: short, colour: "red" }, 400, /colour is not a member/);
await fails({ model, input: short, webhook: "ftp://example.com" }, 422, /webhook/);
