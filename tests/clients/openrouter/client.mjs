// All that a user of @openrouter/sdk changes: the address and the key.
import { OpenRouter } from "@openrouter/sdk";

export const [origin, apiKey, picture] = process.argv.slice(2);

export const videos = new OpenRouter({ apiKey, serverURL: `${origin}/api/v1` }).videoGeneration;

/** The quickest video to make. */
export const short = { model: "rushes/wan22-fast-t2v", prompt: "A paper boat on a calm sea", duration: 1, size: "512x512" };

export const create = (request, options) => videos.generate({ videoGenerationRequest: request }, options);

/** Polls a job until it has ended. */
export async function ended(jobId) {
  for (;;) {
    const job = await videos.getGeneration({ jobId });
    if (job.status !== "pending" && job.status !== "in_progress") return job;
    await new Promise((done) => setTimeout(done, 100));
  }
}
