// The end of a video is posted as an event, which the package verifies.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { apiKey, openai, origin, short } from "./client.mjs";

let sent;
const posted = new Promise((resolve) => {
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    response.end();
    server.close();
    resolve({ headers: request.headers, body: Buffer.concat(pieces).toString() });
  }).listen(0, "127.0.0.1", () => {
    sent = openai.videos.create({ ...short, webhook_url: `http://127.0.0.1:${server.address().port}/hook` });
  });
});

const { headers, body } = await posted;
const { secret } = await (await fetch(`${origin}/webhooks/secret`, { headers: { Authorization: `Bearer ${apiKey}` } })).json();
const event = await openai.webhooks.unwrap(body, headers, secret);
assert.deepEqual([event.object, event.type, event.data], ["event", "video.completed", { id: (await sent).id }]);
await assert.rejects(openai.webhooks.unwrap(`${body} `, headers, secret));
