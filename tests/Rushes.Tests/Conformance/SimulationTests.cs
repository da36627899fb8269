using Rushes.Database;
using Rushes.Database.Postgres;
using Rushes.Database.Sqlite;
using Rushes.Tests.Postgres;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Thousands of histories of the queue's protocol, each from a seed, in memory.</summary>
public sealed class SimulationTests
{
    /// <summary>The first histories run always, all others with <c>-explicit only</c>.</summary>
    private const int FirstHistories = 4_000, Histories = 10_000, PostgresHistories = 150, PostgresDatabases = 4;

    /// <summary>A file system in memory, if there is one.</summary>
    private const string Memory = "/dev/shm";

    [Fact]
    public Task Every_seeded_history_keeps_the_order_and_loses_no_job() => PlayAsync(0, FirstHistories);

    [Fact(Explicit = true)]
    public Task Every_other_seeded_history_keeps_the_order_and_loses_no_job() => PlayAsync(FirstHistories, Histories);

    private static async Task PlayAsync(int first, int end)
    {
        var folder = NewFolder();
        try
        {
            // A new file now and then: a database of thousands of histories is slower to look through.
            for (var seed = first; seed < end; seed++)
                await PlayAsync(seed, async clock => await SqliteDatabase.OpenAsync(
                    Path.Combine(folder, $"{seed / 400}.db"), History.Retries, clock));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Seeded_histories_keep_the_order_and_lose_no_job_in_PostgreSQL()
    {
        var folder = NewFolder();
        try
        {
            await using var server = await PostgresCluster.StartAsync(folder);
            await Task.WhenAll(Enumerable.Range(0, PostgresDatabases).Select(async index =>
            {
                var url = PostgresUrl.Parse(server.Url(await server.CreateAsync($"simulation{index}")));
                for (var seed = index; seed < PostgresHistories; seed += PostgresDatabases)
                    await PlayAsync(seed, async clock => await PostgresDatabase.OpenAsync(url, History.Retries, clock));
            }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string NewFolder()
    {
        var parent = Directory.Exists(Memory) ? Memory : Path.GetTempPath();
        return Directory.CreateDirectory(Path.Combine(parent, $"rushes-simulation-{Guid.NewGuid():N}")).FullName;
    }

    private static async Task PlayAsync(int seed, Func<FakeClock, Task<IDatabase>> open)
    {
        var clock = new FakeClock();
        try
        {
            await new History(() => open(clock), clock, seed).RunAsync(History.Seeded(seed));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new InvalidOperationException($"The history of seed {seed} went wrong.", error);
        }
    }
}
