// As at OpenAI, events go to an address that is set once; a video's own address replaces it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { apiKey, openai, origin, short } from "./client.mjs";

const events = [];
const server = createServer(async (request, response) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  response.end();
  events.push({ path: request.url, headers: request.headers, body: Buffer.concat(pieces).toString() });
  server.emit("event");
}).listen(0, "127.0.0.1");
await once(server, "listening");
const receiver = `http://127.0.0.1:${server.address().port}`;

const headers = { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/json" };
const set = await fetch(`${origin}/admin/accounts/first`, {
  method: "PATCH", headers, body: JSON.stringify({ webhook_url: `${receiver}/account` }),
});
assert.equal((await set.json()).webhook_url, `${receiver}/account`);

const [plain, own] = await Promise.all(
  [openai.videos.create(short), openai.videos.create({ ...short, webhook_url: `${receiver}/own` })]);
while (events.length < 2) await once(server, "event");
server.close();

const { secret } = await (await fetch(`${origin}/webhooks/secret`, { headers })).json();
const received = {};
for (const { path, headers: signed, body } of events) {
  const event = await openai.webhooks.unwrap(body, signed, secret);
  received[path] = [event.type, event.data.id];
}
assert.deepEqual(received, { "/account": ["video.completed", plain.id], "/own": ["video.completed", own.id] });
