namespace Rushes.Jobs;

/// <summary>
/// Wakes idle workers when a job enters the queue of a lane they serve. Take a ticket, try to claim, then wait for the
/// ticket: a job that arrives in between completes it, so no wake-up is lost and no worker polls.
/// </summary>
/// <remarks>
/// A job wakes one of the workers that wait, because a claim by each of thousands would find it taken. The worker that is woken
/// for a job must claim, or pass the call on: see <see cref="Ticket.TakeCall"/>.
/// </remarks>
public sealed class Doorbell
{
    private readonly Lock gate = new();
    private readonly LinkedList<Ticket> claiming = [];
    private readonly LinkedList<Ticket> waiting = [];

    /// <summary>Dispose the ticket after the wait.</summary>
    /// <param name="models">Ids of the models that the worker can run; null: all models of the lanes.</param>
    public Ticket Take(IReadOnlyCollection<string> lanes, IReadOnlyCollection<string>? models = null)
    {
        var ticket = new Ticket(this, lanes, models);
        lock (gate) claiming.AddLast(ticket.Node);
        return ticket;
    }

    /// <summary>Wakes all workers that wait for one of these lanes; the claim decides which of them gets a job.</summary>
    public void Ring(ICollection<string> lanes)
    {
        lock (gate) RingAll(lanes, except: null);
    }

    /// <summary>
    /// Wakes the worker that has waited longest among those that can run the job, or, if none waits, those that are claiming
    /// just now: their claims may have started before the job was committed.
    /// </summary>
    public void Ring(QueuedJob job)
    {
        if (job.Account is { } account)
        {
            Ring(account, most: 1);
            return;
        }

        lock (gate)
        {
            for (var node = waiting.First; node is not null; node = node.Next)
            {
                if (!node.Value.CanRun(job)) continue;
                waiting.Remove(node);
                node.Value.Complete(job);
                return;
            }

            Complete(claiming, ticket => ticket.CanRun(job));
        }
    }

    /// <summary>
    /// Wakes the workers that have waited longest among those that can run jobs of an account with a concurrency limit; if too
    /// few wait, also those that are claiming just now.
    /// </summary>
    /// <param name="most">How many workers to wake at most.</param>
    public void Ring(LimitedAccount account, int most)
    {
        var left = account.Queued().ToArray();
        lock (gate)
        {
            for (var node = waiting.First; node is not null && most > 0;)
            {
                var (ticket, next) = (node.Value, node.Next);
                if (Array.FindIndex(left, jobs => jobs.Count > 0 && ticket.CanRun(jobs)) is var index and >= 0)
                {
                    waiting.Remove(node);
                    ticket.Complete(new QueuedJob(0, left[index].Lane, left[index].Model) { Account = account });
                    left[index] = left[index] with { Count = left[index].Count - 1 };
                    most--;
                }

                node = next;
            }

            if (most > 0) Complete(claiming, ticket => Array.Exists(left, jobs => jobs.Count > 0 && ticket.CanRun(jobs)));
        }
    }

    /// <summary>Those of the calls for which a worker waits here now: each worker for one of them.</summary>
    /// <param name="calls">Each has a number, and the jobs of which the worker must be able to run some.</param>
    public IReadOnlySet<long> Awaited(IEnumerable<(long Id, IReadOnlyList<QueuedJobs> Jobs)> calls)
    {
        HashSet<long> awaited = [];
        HashSet<Ticket> taken = [];
        lock (gate)
        {
            foreach (var (id, jobs) in calls)
            {
                if (taken.Count == waiting.Count) break;
                if (waiting.FirstOrDefault(ticket => !taken.Contains(ticket) && jobs.Any(ticket.CanRun)) is not { } first)
                    continue;
                taken.Add(first);
                awaited.Add(id);
            }
        }

        return awaited;
    }

    private void RingAll(ICollection<string> lanes, Ticket? except)
    {
        Complete(claiming, ticket => ticket != except && ticket.Serves(lanes));
        Complete(waiting, ticket => ticket.Serves(lanes));
    }

    private static void Complete(LinkedList<Ticket> tickets, Func<Ticket, bool> which)
    {
        for (var node = tickets.First; node is not null;)
        {
            var (ticket, next) = (node.Value, node.Next);
            if (which(ticket))
            {
                tickets.Remove(node);
                ticket.Complete(null);
            }

            node = next;
        }
    }

    public sealed class Ticket : IDisposable
    {
        private readonly TaskCompletionSource rung = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Doorbell doorbell;
        private readonly IReadOnlyCollection<string> lanes;
        private readonly IReadOnlyCollection<string>? models;
        private QueuedJob? call;

        internal Ticket(Doorbell doorbell, IReadOnlyCollection<string> lanes, IReadOnlyCollection<string>? models)
        {
            (this.doorbell, this.lanes, this.models) = (doorbell, lanes, models);
            Node = new LinkedListNode<Ticket>(this);
        }

        internal LinkedListNode<Ticket> Node { get; }

        /// <summary>Completes when a job has arrived since the ticket was taken.</summary>
        public Task Rung => rung.Task;

        /// <summary>Begins to wait, after a claim that found nothing.</summary>
        public Task Wait()
        {
            lock (doorbell.gate)
            {
                if (Node.List == doorbell.claiming)
                {
                    doorbell.claiming.Remove(Node);
                    doorbell.waiting.AddLast(Node);
                }
            }

            return rung.Task;
        }

        /// <summary>
        /// The job that only this worker was woken for; null if all were. A caller that gets one must claim now. If the claim
        /// returns another job, or is not made, it rings for this job again.
        /// </summary>
        public QueuedJob? TakeCall()
        {
            lock (doorbell.gate)
            {
                var taken = call;
                call = null;
                return taken;
            }
        }

        /// <summary>Wakes all others that serve these lanes: this worker must leave a job to them.</summary>
        public void RingOthers()
        {
            lock (doorbell.gate) doorbell.RingAll([.. lanes], except: this);
        }

        /// <summary>
        /// This worker's claim found no job. If it was woken for any job of an account, those that it cannot run are left to
        /// others.
        /// </summary>
        public void Miss(QueuedJob missed)
        {
            if (missed.Account is { } account)
                doorbell.Ring(account with { Queued = () => account.Queued().Where(jobs => !CanRun(jobs)) }, most: 1);
        }

        /// <summary>Passes on a call that was not taken.</summary>
        public void Dispose()
        {
            lock (doorbell.gate) Node.List?.Remove(Node);
            if (TakeCall() is { } left) doorbell.Ring(left);
        }

        internal bool CanRun(QueuedJob job) => CanRun(job.Lane, job.Model);

        internal bool CanRun(QueuedJobs jobs) => CanRun(jobs.Lane, jobs.Model);

        internal bool Serves(ICollection<string> ringing) => lanes.Any(ringing.Contains);

        internal void Complete(QueuedJob? job)
        {
            call = job;
            rung.SetResult();
        }

        private bool CanRun(string lane, string model) => lanes.Contains(lane) && models?.Contains(model) != false;
    }
}

/// <summary>A job that entered the queue.</summary>
public readonly record struct QueuedJob(long Id, string Lane, string Model)
{
    /// <summary>If not null, this stands for any queued job of this account, and the id is 0.</summary>
    public LimitedAccount? Account { get; init; }

    /// <summary>Whether this is the job that a worker was woken for.</summary>
    public bool IsFor(Job job) => Account is { } account ? job.Account == account.Id : job.Id == Id;
}

/// <summary>How many jobs of a lane and model are queued.</summary>
public readonly record struct QueuedJobs(string Lane, string Model, int Count);

/// <summary>An account with a concurrency limit, whose queued jobs can be claimed in any lane.</summary>
/// <param name="Queued">Returns its queued jobs that can be claimed now; none while the account is at its limit.</param>
public sealed record LimitedAccount(int Id, Func<IEnumerable<QueuedJobs>> Queued);
