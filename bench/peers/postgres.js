// No-op jobs in job queues on PostgreSQL: graphile-worker | pg-boss URL COUNT. Adds them in batches, then runs them, up to 64
// at once, and prints jobs a second, the time of adding left out.
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";
import PgBoss from "pg-boss";

const [peer, connectionString, count] = process.argv.slice(2);
const total = Number(count);
const video = { width: 832, height: 480, duration: 5, seed: 7, prompt: "A paper boat drifting on a calm sea at sunset" };

/** Waits until this was called for every job. */
function counter() {
  let done = 0;
  let all;
  const ended = new Promise(resolve => { all = resolve; });
  return { ended, count: jobs => { if ((done += jobs) >= total) all(); } };
}

async function graphile() {
  const utils = await makeWorkerUtils({ connectionString });
  await utils.migrate();
  for (let left = total; left > 0; left -= 1000)
    await utils.addJobs(Array.from({ length: Math.min(1000, left) }, () => ({ identifier: "video", payload: video })));
  await utils.release();

  const { ended, count } = counter();
  const started = performance.now();
  // As its documentation recommends for speed: claims and completions in batches.
  const runner = await run({
    connectionString,
    taskList: { video: async () => {} },
    preset: {
      worker: {
        concurrentJobs: 64, maxPoolSize: 12, completeJobBatchDelay: 0, failJobBatchDelay: 0, localQueue: { size: 500 },
        logger: new Logger(() => () => {}),
      },
    },
    noHandleSignals: true,
  });
  runner.events.on("job:complete", () => count(1));
  await ended;
  // A batch of completions is written after the event; stopping waits for it.
  await runner.stop();
  return performance.now() - started;
}

async function boss() {
  const queue = new PgBoss({ connectionString, supervise: false, schedule: false, max: 16 });
  await queue.start();
  await queue.createQueue("video");
  for (let left = total; left > 0; left -= 1000)
    await queue.insert(Array.from({ length: Math.min(1000, left) }, () => ({ name: "video", data: video })));

  const { ended, count } = counter();
  const started = performance.now();
  // Its worker polls at most twice a second, so jobs are fetched and completed directly, 64 at once.
  const next = async () => {
    for (;;) {
      const jobs = await queue.fetch("video", { batchSize: 16 });
      if (jobs.length === 0) return;
      await queue.complete("video", jobs.map(job => job.id));
      count(jobs.length);
    }
  };
  await Promise.all([ended, ...Array.from({ length: 4 }, next)]);
  const took = performance.now() - started;
  await queue.stop({ graceful: false });
  return took;
}

// A schema of an earlier round would still have its jobs.
const client = new pg.Client({ connectionString });
await client.connect();
await client.query("DROP SCHEMA IF EXISTS graphile_worker CASCADE; DROP SCHEMA IF EXISTS pgboss CASCADE");
await client.end();
const took = await { "graphile-worker": graphile, "pg-boss": boss }[peer]();
console.log(JSON.stringify({ rate: total / (took / 1000) }));
process.exit(0);
