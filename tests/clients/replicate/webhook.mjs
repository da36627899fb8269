// What happens to a prediction is posted, signed with the secret that the gateway returns: all events, or those chosen.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { parseProgressFromLogs, validateWebhook } from "replicate";
import { model, replicate, short } from "./client.mjs";

const received = [];
let notify = () => {};
const server = createServer(async (request, response) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  response.end();
  received.push({ path: request.url, headers: request.headers, body: Buffer.concat(pieces).toString() });
  notify();
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const webhook = (path) => `http://127.0.0.1:${server.address().port}/${path}`;

/** Waits for messages at a path until a condition holds. */
async function posted(path, enough) {
  for (;;) {
    const found = received.filter((message) => message.path === `/${path}`);
    if (enough(found.map(({ body }) => JSON.parse(body)))) return found;
    await new Promise((resolve) => (notify = resolve));
  }
}
const ended = (predictions) => predictions.some(({ status }) => status === "succeeded");

const chosen = await replicate.predictions.create({
  model, input: short, webhook: webhook("chosen"), webhook_events_filter: ["completed"],
});
const [request, ...others] = await posted("chosen", ended);
assert.deepEqual(others, []);
const { key } = await replicate.webhooks.default.secret.get();
assert.ok(await validateWebhook(request, key));
assert.equal(await validateWebhook({ ...request, body: `${request.body} ` }, key), false);
const prediction = JSON.parse(request.body);
assert.deepEqual([prediction.id, prediction.status], [chosen.id, "succeeded"]);
assert.equal((await fetch(prediction.output)).status, 200);

// Without a filter the start, the output and the end are posted, and progress in between.
const input = { ...short, duration: 3, width: 1280, height: 720 };
const all = await replicate.predictions.create({ model, input, webhook: webhook("all") });
const messages = await posted("all", (predictions) => predictions.filter(({ completed_at }) => completed_at).length >= 2
  && predictions.length >= 3);
for (const message of messages) assert.ok(await validateWebhook(message, key));
assert.equal(new Set(messages.map(({ headers }) => headers["webhook-id"])).size, messages.length);
for (const { id, logs } of messages.map(({ body }) => JSON.parse(body))) {
  assert.equal(id, all.id);
  if (logs) assert.ok(parseProgressFromLogs(logs).total > 0, logs);
}
server.close();
