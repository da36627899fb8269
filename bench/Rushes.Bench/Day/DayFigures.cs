namespace Rushes.Bench.Day;

/// <summary>What is measured in each quarter of an hour.</summary>
internal sealed class DayFigures
{
    private const int Seconds = 900, Quarters = 24 * 3600 / Seconds;

    private readonly List<int>[,] waits = new List<int>[Quarters, 3];
    private readonly double[,] busy = new double[Quarters, Fleet.Pools.Length];
    private readonly double?[] fairness = new double?[Quarters];
    private readonly int[] claims = new int[Quarters], empty = new int[Quarters];

    // Of the quarter, by client: jobs that wait in the lane t2v, the fewest of them, jobs of it that were started.
    private readonly int[] waiting = new int[Traffic.Clients + 1];
    private readonly int[] fewest = new int[Traffic.Clients + 1];
    private readonly int[] started = new int[Traffic.Clients + 1];

    public DayFigures()
    {
        for (var quarter = 0; quarter < Quarters; quarter++)
            for (var sender = 0; sender < 3; sender++) waits[quarter, sender] = [];
    }

    public int Jobs { get; private set; }

    public long Claims => claims.Sum();

    public long Empty => empty.Sum();

    public int LongestQueue { get; private set; }

    public void Created(Client client, bool isT2V)
    {
        Jobs++;
        if (isT2V) waiting[client.Number]++;
    }

    /// <summary>A job whose worker was taken away is queued again.</summary>
    public void Returned(Client client, bool isT2V)
    {
        if (isT2V) waiting[client.Number]++;
    }

    /// <param name="created">The second of its creation.</param>
    /// <param name="isFirst">Only the wait for the first start is counted.</param>
    public void Started(Client client, bool isT2V, int created, int second, bool isFirst)
    {
        if (isFirst) waits[created / Seconds, (int)client.Sender].Add(second - created);
        if (!isT2V) return;
        started[client.Number]++;
        fewest[client.Number] = Math.Min(fewest[client.Number], --waiting[client.Number]);
    }

    /// <param name="found">Whether it got a job.</param>
    public void Claimed(int second, bool found)
    {
        claims[second / Seconds]++;
        if (!found) empty[second / Seconds]++;
    }

    /// <summary>At the end of each second.</summary>
    /// <param name="queued">Jobs that wait.</param>
    /// <param name="running">The busy workers of each pool.</param>
    public void Tick(int second, IReadOnlyList<Client> clients, int queued, ReadOnlySpan<int> running)
    {
        var quarter = second / Seconds;
        LongestQueue = Math.Max(LongestQueue, queued);
        for (var pool = 0; pool < running.Length; pool++)
            busy[quarter, pool] += 100.0 * running[pool] / Fleet.Pools[pool].Workers / Seconds;
        if ((second + 1) % Seconds != 0) return;
        fairness[quarter] = Fairness(clients);
        waiting.CopyTo(fewest, 0);
        Array.Clear(started);
    }

    /// <summary>Minutes in the queue that this part of a sender's jobs did not exceed, by the time of their creation.</summary>
    public Line Minutes(string name, Sender sender, double part) => LineOf(name, quarter =>
    {
        var all = waits[quarter, (int)sender];
        if (all.Count == 0) return null;
        all.Sort();
        return all[(int)(part * (all.Count - 1))] / 60.0;
    });

    public Line Busy(string name, int pool) => LineOf(name, quarter => busy[quarter, pool]);

    public Line FairnessIndex(string name) => LineOf(name, quarter => fairness[quarter]);

    public Line ClaimsPerSecond(string name, bool emptyOnly) =>
        LineOf(name, quarter => (double)(emptyOnly ? empty : claims)[quarter] / Seconds);

    public static Line Load(string name) => LineOf(name, quarter => 100 * Traffic.LoadAt((quarter + 0.5) * Seconds / 3600));

    /// <summary>
    /// Jain's index of the jobs started per weight, of all clients that had jobs waiting all the time: 1 if all are equal.
    /// </summary>
    private double? Fairness(IReadOnlyList<Client> clients)
    {
        var shares = clients.Where(client => fewest[client.Number] > 0)
            .Select(client => (double)started[client.Number] / client.Weight).ToList();
        if (shares.Count < 2 || shares.Sum() == 0) return null;
        return Math.Pow(shares.Sum(), 2) / (shares.Count * shares.Sum(share => share * share));
    }

    private static Line LineOf(string name, Func<int, double?> value) => new(
        name,
        [
            .. Enumerable.Range(0, Quarters).Select(quarter => (At: (double)quarter * Seconds / 3600, Value: value(quarter)))
                .Where(point => point.Value is not null).Select(point => (point.At, point.Value!.Value)),
        ]);
}
