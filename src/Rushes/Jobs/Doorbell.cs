namespace Rushes.Jobs;

/// <summary>
/// Wakes idle workers when a job enters the queue of a lane they serve. Take a ticket, try to claim, then wait for the
/// ticket: a job that arrives in between completes it, so no wake-up is lost and no worker polls.
/// </summary>
public sealed class Doorbell
{
    private readonly Lock gate = new();
    private readonly List<Ticket> tickets = [];

    /// <summary>Dispose the ticket after the wait.</summary>
    public Ticket Take(IReadOnlyCollection<string> lanes)
    {
        var ticket = new Ticket(this, lanes);
        lock (gate) tickets.Add(ticket);
        return ticket;
    }

    /// <summary>Wakes all workers that wait for one of these lanes; the claim decides which of them gets the job.</summary>
    public void Ring(ICollection<string> lanes)
    {
        lock (gate)
            tickets.RemoveAll(ticket => ticket.RingFor(lanes));
    }

    private void Remove(Ticket ticket)
    {
        lock (gate) tickets.Remove(ticket);
    }

    public sealed class Ticket : IDisposable
    {
        private readonly TaskCompletionSource rung = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Doorbell doorbell;
        private readonly IReadOnlyCollection<string> lanes;

        internal Ticket(Doorbell doorbell, IReadOnlyCollection<string> lanes) => (this.doorbell, this.lanes) = (doorbell, lanes);

        /// <summary>Completes when a job has arrived since the ticket was taken.</summary>
        public Task Rung => rung.Task;

        public void Dispose()
        {
            if (!rung.Task.IsCompleted) doorbell.Remove(this);
        }

        internal bool RingFor(ICollection<string> ringing)
        {
            foreach (var lane in lanes)
            {
                if (!ringing.Contains(lane)) continue;
                rung.SetResult();
                return true;
            }

            return false;
        }
    }
}
