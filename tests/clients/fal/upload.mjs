// Files in the input are uploaded by the client, and read from where it put them.
import assert from "node:assert/strict";
import { Blob, File } from "node:buffer";
import { readFile } from "node:fs/promises";
import { fal, short } from "./client.mjs";

const picture = new Blob([await readFile(process.argv[4])], { type: "image/jpeg" });
const { data } = await fal.subscribe("fal-ai/wan/v2.2-a14b/image-to-video", { input: { ...short, image_url: picture }, pollInterval: 50 });
assert.ok(data.video.file_size > 0);

const url = await fal.storage.upload(new File([picture], "boat.jpg", { type: "image/jpeg" }));
assert.match(url, /\/uploads\/.*\.jpg\?/);
assert.equal((await (await fetch(url)).arrayBuffer()).byteLength, picture.size);

const large = { size: 91 * 1024 * 1024, type: "video/mp4", name: "large.mp4", slice: () => picture };
await assert.rejects(fal.storage.upload(large), (error) => error.status === 413);
