// The end of a prediction is posted, signed with the secret that the gateway tells.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { validateWebhook } from "replicate";
import { model, replicate, short } from "./client.mjs";

let sent;
const posted = new Promise((resolve) => {
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    response.end();
    server.close();
    resolve({ headers: request.headers, body: Buffer.concat(pieces).toString() });
  }).listen(0, "127.0.0.1", async () => {
    const webhook = `http://127.0.0.1:${server.address().port}/hook`;
    sent = await replicate.predictions.create({ model, input: short, webhook, webhook_events_filter: ["completed"] });
  });
});

const request = await posted;
const { key } = await replicate.webhooks.default.secret.get();
assert.ok(await validateWebhook(request, key));
assert.equal(await validateWebhook({ ...request, body: `${request.body} ` }, key), false);
const prediction = JSON.parse(request.body);
assert.deepEqual([prediction.id, prediction.status], [sent.id, "succeeded"]);
assert.equal((await fetch(prediction.output)).status, 200);
