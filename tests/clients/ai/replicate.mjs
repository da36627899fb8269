// @ai-sdk/replicate with another base URL: text to video with a size and a frame rate, image to video, an error.
import assert from "node:assert/strict";
import { createReplicate } from "@ai-sdk/replicate";
import { experimental_generateVideo as generateVideo } from "ai";
import { apiKey, bytesOf, download, origin, picture, poll } from "./client.mjs";

const replicate = createReplicate({ apiToken: apiKey, baseURL: `${origin}/v1` });
const common = { download, poll, maxRetries: 0 };

const made = await generateVideo({
  ...common, model: replicate.video("rushes/wan22-fast-t2v"), prompt: "A paper boat on a calm sea",
  resolution: "512x512", duration: 1, fps: 8, seed: 7, providerOptions: { replicate: { guidance_scale: 4 } },
});
bytesOf(made);
const { predictionId, metrics } = made.providerMetadata.replicate;
assert.ok(metrics.predict_time > 0);
const sent = await (await fetch(`${origin}/v1/predictions/${predictionId}`,
  { headers: { authorization: `Bearer ${apiKey}` } })).json();
assert.deepEqual(
  sent.input, { prompt: "A paper boat on a calm sea", size: "512x512", duration: 1, fps: 8, seed: 7, guidance_scale: 4 });

bytesOf(await generateVideo({
  ...common, model: replicate.video("acme/moving-pictures"), prompt: { image: picture, text: "It moves" },
  aspectRatio: "1:1", duration: 1,
}));

await assert.rejects(
  generateVideo({ ...common, model: replicate.video("rushes/wan22-fast-t2v"), prompt: "A boat", duration: 60 }),
  /duration is 60/);
