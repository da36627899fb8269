using Rushes.Database.Sqlite;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>
/// Ten thousand histories of the queue's protocol, each from a seed, in memory so that they are done in a minute.
/// </summary>
public sealed class SimulationTests
{
    private const int Histories = 10_000;

    /// <summary>Where it exists, writing to it costs no disk.</summary>
    private const string Memory = "/dev/shm";

    [Fact]
    public async Task Every_seeded_history_keeps_the_order_and_loses_no_job()
    {
        var folder = Directory.CreateDirectory(
            Path.Combine(
                Directory.Exists(Memory) ? Memory : Path.GetTempPath(), $"rushes-simulation-{Guid.NewGuid():N}")).FullName;
        try
        {
            for (var seed = 0; seed < Histories; seed++) await PlayAsync(folder, seed);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task PlayAsync(string folder, int seed)
    {
        var clock = new FakeClock();
        // A new file now and then: a database of thousands of histories is slower to look through.
        var file = Path.Combine(folder, $"{seed / 400}.db");
        try
        {
            await new History(async () => await SqliteDatabase.OpenAsync(file, History.Retries, clock), clock, seed).RunAsync(
                History.Seeded(seed));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new InvalidOperationException($"The history of seed {seed} went wrong.", error);
        }
    }
}
