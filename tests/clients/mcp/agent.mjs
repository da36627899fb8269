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

const wrong = await client.callTool({ name: "text_to_video", arguments: { prompt: "A paper boat", duration: 60 } });
assert.equal(wrong.isError, true);
assert.equal(wrong.structuredContent.field, "duration");
await client.close();
