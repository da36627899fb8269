using Rushes.Jobs;

namespace Rushes.Bench.Day;

/// <summary>Who a job is from, for the figures.</summary>
internal enum Sender
{
    /// <summary>A plan with weight 1.</summary>
    Default,

    /// <summary>A plan with weight 4.</summary>
    Studio,

    /// <summary>The account that sends 30,000 jobs in ten minutes.</summary>
    Burst,
}

/// <param name="Number">From 0.</param>
internal sealed record Client(int Number, Sender Sender)
{
    public int Weight => Sender == Sender.Studio ? 4 : 1;
}

/// <summary>
/// The jobs of a day: as many as the workers can run in the afternoon, a fifth of it at night, and two bursts. Random, but the
/// same in each run.
/// </summary>
internal sealed class Traffic
{
    public const int Clients = 2_000;

    private const int Studios = 200, Bursting = Clients;

    /// <summary>Lanes with their part of the work, and the seconds of a run on average.</summary>
    private static readonly (string Lane, string Model, double Part, int Seconds)[] Lanes =
    [
        ("t2v", "wan22-fast-t2v", 0.5, 480), ("i2v", "wan22-fast-i2v", 0.22, 480), ("ltx", "ltx2-t2v", 0.28, 300),
    ];

    private static readonly VideoFormat Format = new(1280, 720, 81, 16);

    private readonly Random random = new(20260101);
    private readonly double[] activity;
    private readonly int workers;

    public Traffic(int workers)
    {
        this.workers = workers;
        // A few clients send much and many send little.
        activity = [.. Enumerable.Range(0, Clients).Select(number => Math.Pow(number + 1, -0.7))];
        for (var i = 1; i < Clients; i++) activity[i] += activity[i - 1];
        All =
        [
            .. Enumerable.Range(0, Clients)
                .Select(number => new Client(number, number % (Clients / Studios) == 0 ? Sender.Studio : Sender.Default)),
            new Client(Bursting, Sender.Burst),
        ];
    }

    public IReadOnlyList<Client> All { get; }

    /// <summary>The work that arrives at this hour, as a part of what all workers can do.</summary>
    public static double LoadAt(double hour) => 0.6 + 0.4 * Math.Sin((hour - 9) / 12 * Math.PI);

    /// <summary>The jobs that are created in this second.</summary>
    public IEnumerable<(Client Client, NewJob Job)> At(DayClock clock)
    {
        foreach (var (lane, model, part, seconds) in Lanes)
            for (var left = Poisson(LoadAt(clock.Hour) * workers * part / seconds); left > 0; left--)
                yield return Make(AnyClient(), lane, model, seconds, clock);
        var (_, first, _, run) = Lanes[0];
        // At 10:00 for ten minutes one account, and at 18:00 for five minutes 500 others.
        if (clock.Hour is >= 10 and < 10 + 1 / 6.0)
            for (var left = 50; left > 0; left--) yield return Make(All[Bursting], "t2v", first, run, clock);
        if (clock.Hour is >= 18 and < 18 + 1 / 12.0)
            for (var left = 33; left > 0; left--) yield return Make(All[random.Next(500)], "t2v", first, run, clock);
    }

    /// <summary>How long a run takes: most are near the expected time, and a few take much longer.</summary>
    public int SecondsOf(Job job) => Math.Max(1, (int)(job.Work / 1000.0 * Math.Exp(0.4 * Normal() - 0.08)));

    private static (Client, NewJob) Make(Client client, string lane, string model, int seconds, DayClock clock) => (
        client,
        new NewJob
        {
            Account = client.Number + 1,
            Model = model,
            Lane = lane,
            Tier = 0,
            Priority = 0,
            Input = "{}",
            Plan = new RenderPlan(Format, Format),
            Work = seconds * 1000,
            Weight = client.Weight,
            CreatedAt = clock.GetUtcNow(),
        });

    private Client AnyClient()
    {
        var found = Array.BinarySearch(activity, random.NextDouble() * activity[^1]);
        return All[found < 0 ? ~found : found];
    }

    private int Poisson(double mean)
    {
        var (limit, product, count) = (Math.Exp(-mean), random.NextDouble(), 0);
        while (product > limit)
        {
            product *= random.NextDouble();
            count++;
        }
        return count;
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
