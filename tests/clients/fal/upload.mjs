// Files in the input are uploaded by the client, and read from where it put them.
import assert from "node:assert/strict";
import { Blob, File } from "node:buffer";
import { readFile } from "node:fs/promises";
import { fal, short } from "./client.mjs";

const picture = new Blob([await readFile(process.argv[4])], { type: "image/jpeg" });
const { data } = await fal.subscribe("fal-ai/wan/v2.2-a14b/image-to-video",
  { input: { ...short, image_url: picture }, pollInterval: 50 });
assert.ok(data.video.file_size > 0);

const url = await fal.storage.upload(new File([picture], "boat.jpg", { type: "image/jpeg" }));
assert.match(url, /\/uploads\/.*\.jpg\?/);
assert.equal((await (await fetch(url)).arrayBuffer()).byteLength, picture.size);

// Files above 90 MB are sent in ten parts; this one only says that it is so large.
const part = Math.ceil(picture.size / 10);
const slice = (start) => picture.slice(start / (10 * 1024 * 1024) * part, (start / (10 * 1024 * 1024) + 1) * part);
const inParts = await fal.storage.upload({ size: 91 * 1024 * 1024, type: "image/jpeg", name: "large.jpg", slice });
assert.deepEqual(Buffer.from(await (await fetch(inParts)).arrayBuffer()), Buffer.from(await picture.arrayBuffer()));
