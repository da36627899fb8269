// Jobs in BullMQ on Redis:
//   serve URL        HTTP: POST /jobs adds one, GET /jobs/ID answers its state and its exact place in the queue
//   fill URL COUNT   adds waiting jobs
//   work URL COUNT   adds no-op jobs and runs them, 64 at once; prints jobs a second
//   start URL COUNT RATE   adds jobs at a fixed rate to an idle worker; prints the milliseconds until each began
import Fastify from "fastify";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";

const [command, url, count, rate] = process.argv.slice(2);
const at = new URL(url);
const connection = { host: at.hostname, port: Number(at.port) };

// One queue each, so that what is measured does not wait behind what another measurement left.
const queue = new Queue(command === "serve" || command === "fill" ? "videos" : command, { connection });

// Jobs with a priority are in a sorted set, where Redis knows the rank of one; a plain list has no quick answer.
const options = { priority: 1 };
const video = { width: 832, height: 480, duration: 5, seed: 7, prompt: "A paper boat drifting on a calm sea at sunset" };

async function serve() {
  const app = Fastify({ bodyLimit: 20 << 20 });
  const redis = new Redis(connection);
  const ranks = queue.toKey("prioritized");
  const address = () => `http://127.0.0.1:${app.server.address().port}`;
  app.post("/jobs", async request => {
    const job = await queue.add("video", request.body, options);
    const link = `${address()}/jobs/${job.id}`;
    return { request_id: job.id, response_url: link, status_url: `${link}/status`, cancel_url: `${link}/cancel` };
  });
  app.get("/jobs/:id", async (request, reply) => {
    const { id } = request.params;
    const rank = await redis.zrank(ranks, id);
    if (rank === null) return reply.code(404).send({ error: "not queued" });
    return { status: "IN_QUEUE", queue_position: rank, response_url: `${address()}/jobs/${id}` };
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  console.log(`Ready on ${address()}`);
}

async function fill(data, left, one) {
  for (; left > 0; left -= 1000)
    await queue.addBulk(Array.from({ length: Math.min(1000, left) }, () => ({ name: "video", data, opts: one })));
}

async function work() {
  const left = Number(count);
  await fill(video, left, {});
  let done = 0;
  const started = process.hrtime.bigint();
  await new Promise(resolve => {
    const worker = new Worker(queue.name, async () => {}, { connection, concurrency: 64, removeOnComplete: { count: 1000 } });
    worker.on("completed", () => { if (++done === left) resolve(worker.close()); });
  });
  console.log(JSON.stringify({ rate: left / (Number(process.hrtime.bigint() - started) / 1e9) }));
}

async function start() {
  const waits = [];
  const worker = new Worker(queue.name, async job => { waits.push(performance.now() - job.data.at); }, { connection });
  await worker.waitUntilReady();
  const began = performance.now();
  for (let i = 0; i < Number(count); i++) {
    await new Promise(resolve => setTimeout(resolve, Math.max(0, began + (i * 1000) / Number(rate) - performance.now())));
    await queue.add("video", { ...video, at: performance.now() });
  }
  await new Promise(resolve => {
    const seen = () => { if (waits.length >= Number(count)) resolve(); };
    worker.on("completed", seen);
    seen();
  });
  await worker.close();
  console.log(JSON.stringify({ milliseconds: waits }));
}

if (command === "serve") await serve();
else {
  await { fill: () => fill(video, Number(count), options), work, start }[command]();
  await queue.close();
}
