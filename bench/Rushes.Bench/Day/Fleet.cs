using Rushes.Jobs;

namespace Rushes.Bench.Day;

/// <summary>Workers with the same lanes.</summary>
internal sealed record Pool(string Name, int Workers, string[] Lanes);

/// <summary>A worker with one GPU, which waits for jobs at one gateway.</summary>
internal sealed class Gpu(string name, Pool pool, Doorbell doorbell)
{
    public string Name => name;

    public Pool Pool => pool;

    public Doorbell Doorbell => doorbell;

    public Doorbell.Ticket? Ticket { get; set; }

    /// <summary>The job that it runs.</summary>
    public Lease? Lease { get; set; }
}

/// <summary>All workers, at their gateways in turn.</summary>
internal sealed class Fleet
{
    public const int Gateways = 20;

    /// <summary>Those with these names are away from 13:00 to 14:00.</summary>
    public const string Spot = "spot-";

    private const int Spots = 2_000;

    public static readonly Pool[] Pools =
    [
        new("t2v and i2v", 6_000, ["t2v", "i2v"]), new("ltx", 2_500, ["ltx"]), new("all lanes", 1_500, ["t2v", "i2v", "ltx"]),
    ];

    public Fleet()
    {
        Doorbells = [.. Enumerable.Range(0, Gateways).Select(_ => new Doorbell())];
        Gpus =
        [
            .. Pools.SelectMany(pool => Enumerable.Range(0, pool.Workers).Select(number => (pool, number)))
                .Select((each, place) => new Gpu(
                    (each.pool == Pools[0] && each.number < Spots ? Spot : "own-") + $"{place}/1", each.pool,
                    Doorbells[place % Gateways])),
        ];
    }

    public IReadOnlyList<Doorbell> Doorbells { get; }

    public IReadOnlyList<Gpu> Gpus { get; }
}
