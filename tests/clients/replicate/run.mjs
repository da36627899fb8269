// Both ways of waiting for a prediction, by model and by version; its progress, its place in lists.
import assert from "node:assert/strict";
import { parseProgressFromLogs } from "replicate";
import { model, origin, replicate, short } from "./client.mjs";

const found = await replicate.models.get(...model.split("/"));
const version = found.latest_version.id;
assert.match(version, /^[0-9a-f]{64}$/);
assert.ok(found.latest_version.openapi_schema.components.schemas.Input.properties.prompt);
assert.equal((await replicate.models.versions.list(...model.split("/"))).results[0].id, version);
assert.equal((await replicate.models.versions.get(...model.split("/"), version)).id, version);
// Members that the client for Python requires.
assert.ok(Date.parse(found.latest_version.created_at) >= 0 && found.latest_version.cog_version);
assert.deepEqual([found.url, found.run_count, found.visibility], [`${origin}/v1/models/${model}`, 0, "private"]);

const nameOf = ({ owner, name }) => `${owner}/${name}`;
assert.ok((await replicate.models.search("text-to-video wan22-fast")).results.map(nameOf).includes(model));
assert.deepEqual((await replicate.models.search("cooking")).results, []);
const collections = await replicate.collections.list();
assert.ok(collections.results.some(({ name, slug }) => name === "Text to video" && slug === "text-to-video"));
assert.ok((await replicate.collections.get("text-to-video")).models.map(nameOf).includes(model));
await assert.rejects(replicate.collections.get("cooking"), /There is no collection/);
assert.deepEqual(await replicate.hardware.list(), []);
const search = await (await replicate.request("/search?query=clip&limit=1", { method: "GET" })).json();
assert.equal(search.models.length, 1);
assert.ok(search.models[0].model.owner && search.collections.length > 0);
await assert.rejects(replicate.request("/search?query=clip&limit=51", { method: "GET" }), /limit is \\"51\\"/);

const blocked = await replicate.run(model, { input: { ...short, seed: 7 } });
assert.equal((await fetch(blocked)).headers.get("content-type"), "video/mp4");

const seen = [];
const polled = await replicate.run(`${model}:${version}`, { input: short, wait: { mode: "poll", interval: 50 } },
  (now) => seen.push(now));
assert.match(polled, /\.mp4\?/);
assert.equal(seen[0].status, "starting");
const last = seen.at(-1);
assert.deepEqual([last.status, last.model, last.version, last.error], ["succeeded", model, version, null]);
assert.match(last.id, /^[0-9a-z]{26}$/);
assert.deepEqual(last.input, short);
assert.ok(last.metrics.predict_time > 0 && last.metrics.total_time >= last.metrics.predict_time);
for (const { logs } of seen.filter((now) => now.logs)) {
  const { percentage, current, total } = parseProgressFromLogs(logs);
  assert.ok(percentage >= 0 && percentage <= 1 && current <= total, logs);
}

// A wait that runs out leaves the prediction starting, whatever its state.
const busy = { ...short, duration: 5, width: 1280, height: 720, new_resolution: 1440 };
const long = await replicate.predictions.create({ model, input: busy, wait: 1 });
assert.equal(long.status, "starting");
const abort = new AbortController();
const cancelled = replicate.run(
  model, { input: busy, wait: { mode: "poll", interval: 50 }, signal: abort.signal }, () => abort.abort());
await cancelled.catch((error) => assert.equal(error.name, "AbortError"));
await replicate.predictions.cancel(long.id);
assert.equal((await replicate.wait(long, { interval: 50 })).status, "canceled");

// A prediction that does not end in time is canceled, whether it runs or waits.
const response = await replicate.request("/predictions", {
  method: "POST", headers: { "Cancel-After": "5s" }, data: { version: model, input: { ...busy, priority: -1 } },
});
const limited = await response.json();
assert.equal(new Date(limited.deadline) - new Date(limited.created_at), 5000);
const stopped = await replicate.wait(limited, { interval: 50 });
assert.ok(["canceled", "succeeded"].includes(stopped.status), stopped.status);

assert.ok((await replicate.accounts.current()).username);

const { results, next } = await replicate.predictions.list();
assert.equal(next, null);
assert.ok(results.some((prediction) => prediction.id === last.id));
assert.equal((await replicate.predictions.get(last.id)).urls.get, `${origin}/v1/predictions/${last.id}`);
