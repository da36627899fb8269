// All that a user of the openai package changes: the address and the key.
import OpenAI from "openai";

export const [origin, apiKey, picture] = process.argv.slice(2);

export const openai = new OpenAI({ apiKey, baseURL: `${origin}/v1` });

/** The quickest video to make. */
export const short = { model: "sora-2", prompt: "A paper boat on a calm sea", seconds: "1", size: "512x512" };

/** Retrieves a video until it has ended, as often as the gateway says. */
export async function ended(id) {
  for (;;) {
    const { data: video, response } = await openai.videos.retrieve(id).withResponse();
    if (video.status === "completed" || video.status === "failed") return video;
    const wait = Number(response.headers.get("openai-poll-after-ms"));
    if (!(wait >= 500 && wait <= 5000)) throw new Error(`openai-poll-after-ms is ${wait}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}

export async function createAndPoll(body, options) {
  const video = await openai.videos.create(body, options);
  const last = await ended(video.id);
  if (last.status !== "completed") throw new Error(JSON.stringify(last));
  return last;
}
