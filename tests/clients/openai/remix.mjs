// A remix has the model, size, length and seed of its source; an edit gives a video sound or follows it; an extension adds to it.
import assert from "node:assert/strict";
import { createAndPoll, ended, openai, short } from "./client.mjs";

const source = await createAndPoll({ ...short, fps: 20 });
const remix = await openai.videos.remix(source.id, { prompt: "A paper boat in a storm" });
assert.deepEqual(
  [remix.remixed_from_video_id, remix.model, remix.size, remix.seconds, remix.prompt],
  [source.id, source.model, source.size, source.seconds, "A paper boat in a storm"]);
assert.equal((await ended(remix.id)).status, "completed");

const edit = await openai.videos.edit({ model: "hunyuan-foley", prompt: "Waves", video: { id: source.id } });
assert.equal(edit.remixed_from_video_id, source.id);
assert.equal((await ended(edit.id)).status, "completed");

const restyled = await openai.videos.edit({ prompt: "Autumn", video: { id: source.id } });
assert.deepEqual([restyled.model, restyled.seconds], ["wan21-vace", source.seconds]);
const longer = await openai.videos.extend({ prompt: "It sinks", seconds: "1", video: { id: source.id } });
assert.deepEqual([longer.remixed_from_video_id, longer.model], [source.id, "wan22-extend"]);
assert.equal(Number(longer.seconds), Number(source.seconds) + 1);
assert.equal((await ended(longer.id)).status, "completed");

const cancelled = await openai.videos.create(short);
await openai.videos.delete(cancelled.id);
await assert.rejects(openai.videos.remix(cancelled.id, { prompt: "Once more" }), { status: 404 });
