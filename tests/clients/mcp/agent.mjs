// What an agent's host does: connect by HTTP with a key, list the tools, make a video and read the result.
import assert from "node:assert";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [origin, key] = process.argv.slice(2);
const client = new Client({ name: "agent", version: "1.0.0" });
await client.connect(new StreamableHTTPClientTransport(new URL(`${origin}/mcp`), {
  requestInit: { headers: { Authorization: `Bearer ${key}` } },
}));

const { tools } = await client.listTools();
const textToVideo = tools.find(tool => tool.name === "text_to_video");
assert.ok(textToVideo.inputSchema.properties.prompt);
assert.deepEqual(textToVideo.inputSchema.required, ["prompt"]);

const estimate = await client.callTool({
  name: "estimate_video", arguments: { model: "wan22-fast-t2v", input: { prompt: "A paper boat", duration: 0.5 } },
});
assert.equal(estimate.structuredContent.dry_run, true);

const created = await client.callTool({ name: "text_to_video", arguments: { prompt: "A paper boat", duration: 0.5, seed: 7 } });
assert.ok(!created.isError, JSON.stringify(created));
const { request_id } = created.structuredContent;

let video;
do {
  video = await client.callTool({ name: "get_video", arguments: { request_id } });
  assert.ok(["queued", "running", "completed"].includes(video.structuredContent.status), JSON.stringify(video));
  await new Promise(resolve => setTimeout(resolve, 100));
} while (video.structuredContent.status !== "completed");

const link = video.content.find(part => part.type === "resource_link");
assert.equal(link.mimeType, "video/mp4");
const file = Buffer.from(await (await fetch(link.uri)).arrayBuffer());
assert.equal(file.subarray(4, 8).toString(), "ftyp");
assert.equal(link.size, file.length);
const picture = video.content.find(part => part.type === "image");
assert.equal(Buffer.from(picture.data, "base64").subarray(8, 12).toString(), "WEBP");

// A request whose draft is approved, and one that is cancelled.
const drafted = await client.callTool({ name: "text_to_video",
  arguments: { prompt: "A kite", duration: 0.5, draft: "approve" } });
const kite = { request_id: drafted.structuredContent.request_id };
const until = async (args, done) => {
  for (;;) {
    const { structuredContent: now } = await client.callTool({ name: "get_video", arguments: args });
    if (done(now)) return now;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
};
const waiting = await until(kite, now => now.draft_url);
assert.equal(waiting.status, "awaiting_approval");
assert.equal((await client.callTool({ name: "approve_draft", arguments: kite })).isError ?? false, false);
assert.match((await until(kite, now => now.status === "completed")).video_url, /^http/);

const other = await client.callTool({ name: "text_to_video", arguments: { prompt: "A balloon", draft: "approve" } });
const cancelled = await client.callTool({ name: "cancel_video", arguments: { request_id: other.structuredContent.request_id } });
assert.equal(cancelled.structuredContent.status, "cancelled");
const { structuredContent: list } = await client.callTool({ name: "list_videos", arguments: {} });
assert.deepEqual(list.videos.map(each => each.status), ["cancelled", "completed", "completed"]);

const wrong = await client.callTool({ name: "text_to_video", arguments: { prompt: "A paper boat", duration: 60 } });
assert.equal(wrong.isError, true);
assert.equal(wrong.structuredContent.field, "duration");
await client.close();
