// @ai-sdk/fal, whose host is fixed: a fetch that sends what goes to fal's queue to the gateway.
import assert from "node:assert/strict";
import { createFal } from "@ai-sdk/fal";
import { experimental_generateVideo as generateVideo } from "ai";
import { apiKey, bytesOf, download, origin, poll } from "./client.mjs";

const queue = "https://queue.fal.run";

async function toGateway(url, init) {
  const response = await fetch(String(url).replace(queue, origin), init);
  const body = await response.json();
  // The package sends the key only to the host that it knows.
  if (body.response_url) body.response_url = body.response_url.replace(origin, queue);
  return Response.json(body, { status: response.status, headers: response.headers });
}

const fal = createFal({ apiKey, fetch: toGateway });
const made = await generateVideo({
  download, poll, maxRetries: 0, model: fal.video("fal-ai/wan/v2.2-a14b/text-to-video"), prompt: "A paper boat on a calm sea",
  aspectRatio: "1:1", seed: 7,
  providerOptions: { fal: { resolution: "480p", num_frames: 17, frames_per_second: 60, num_interpolated_frames: 0 } },
});
bytesOf(made);
assert.equal(made.providerMetadata.fal.seed, 7);
