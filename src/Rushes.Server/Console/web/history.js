// The samples of the last hour, and rates calculated from them. No rendering here.
const most = 720;

/** The window of a rate, in samples: one minute. */
const window = 12;

export const nothing = { at: [], busy: [], series: [] };

/** Appends new samples and keeps one hour. */
export function join(known, more) {
  const both = (old, fresh) => [...(old ?? []), ...fresh].slice(-most);
  return {
    at: both(known.at, more.at),
    busy: both(known.busy, more.busy),
    series: more.series.map((lane, i) => ({
      running: both(known.series[i]?.running, lane.running),
      completed: both(known.series[i]?.completed, lane.completed),
      failed: both(known.series[i]?.failed, lane.failed),
      tiers: lane.tiers.map((tier, t) => ({
        queued: both(known.series[i]?.tiers[t].queued, tier.queued), wait: both(known.series[i]?.tiers[t].wait, tier.wait),
      })),
    })),
  };
}

/** Adds the current values to the history as the last sample. */
export const upTo = (past, now) => ({
  at: [...past.at, now.now],
  busy: [...past.busy, now.busy_now],
  series: past.series.map((lane, i) => ({
    completed: [...lane.completed, now.lanes[i].completed],
    failed: [...lane.failed, now.lanes[i].failed],
    tiers: lane.tiers.map((tier, t) => ({
      queued: [...tier.queued, now.lanes[i].tiers[t].queued], wait: [...tier.wait, now.lanes[i].tiers[t].wait],
    })),
  })),
});

/** How much a counter grew in the minute before each sample. The counter starts again at 0 when the gateway restarts. */
export const perMinute = counter => counter.map((value, i) => {
  const before = counter[Math.max(0, i - window)];
  return value >= before ? value - before : value;
});

/** The percentage of jobs that failed, of those that ended in the minute before each sample; null if none ended. */
export const failureRate = (completed, failed) => {
  const [good, bad] = [perMinute(completed), perMinute(failed)];
  return good.map((value, i) => value + bad[i] ? 100 * bad[i] / (value + bad[i]) : null);
};
