// The end of a request is posted, signed with a key that the gateway publishes.
import assert from "node:assert/strict";
import { createHash, createPublicKey, verify } from "node:crypto";
import { createServer } from "node:http";
import { fal, origin, short, text } from "./client.mjs";

const posted = new Promise((resolve) => {
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    response.end();
    server.close();
    resolve({ headers: request.headers, body: Buffer.concat(pieces) });
  }).listen(0, "127.0.0.1", () => {
    const webhookUrl = `http://127.0.0.1:${server.address().port}/hook`;
    sent = fal.queue.submit(text, { input: short, webhookUrl });
  });
});
let sent;

const { headers, body } = await posted;
const told = JSON.parse(body);
assert.equal(told.status, "OK");
// The post may be read before the answer to the request.
assert.equal(told.request_id, (await sent).request_id);
assert.equal(told.error, null);
assert.equal((await fetch(told.payload.video.url)).status, 200);

const { keys } = await (await fetch(`${origin}/.well-known/jwks.json`)).json();
const signed = [
  headers["x-fal-webhook-request-id"],
  headers["x-fal-webhook-user-id"],
  headers["x-fal-webhook-timestamp"],
  createHash("sha256").update(body).digest("hex"),
].join("\n");
const key = createPublicKey({ key: keys[0], format: "jwk" });
assert.ok(verify(null, Buffer.from(signed), key, Buffer.from(headers["x-fal-webhook-signature"], "hex")));
