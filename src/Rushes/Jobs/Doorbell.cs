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

    /// <summary>Those of the jobs for which a worker waits here now: each worker for one of them.</summary>
    public IReadOnlySet<long> Awaited(IEnumerable<QueuedJob> jobs)
    {
        HashSet<long> awaited = [];
        HashSet<Ticket> taken = [];
        lock (gate)
        {
            foreach (var job in jobs)
            {
                if (taken.Count == waiting.Count) break;
                if (waiting.FirstOrDefault(ticket => !taken.Contains(ticket) && ticket.CanRun(job)) is not { } first) continue;
                taken.Add(first);
                awaited.Add(job.Id);
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

        /// <summary>Passes on a call that was not taken.</summary>
        public void Dispose()
        {
            lock (doorbell.gate) Node.List?.Remove(Node);
            if (TakeCall() is { } left) doorbell.Ring(left);
        }

        internal bool CanRun(QueuedJob job) => lanes.Contains(job.Lane) && models?.Contains(job.Model) != false;

        internal bool Serves(ICollection<string> ringing) => lanes.Any(ringing.Contains);

        internal void Complete(QueuedJob? job)
        {
            call = job;
            rung.SetResult();
        }
    }
}

/// <summary>A job that entered the queue.</summary>
public readonly record struct QueuedJob(long Id, string Lane, string Model);
