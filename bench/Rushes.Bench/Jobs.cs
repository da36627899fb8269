using Rushes.Database;
using Rushes.Database.Postgres;
using Rushes.Database.Sqlite;
using Rushes.Jobs;

namespace Rushes.Bench;

/// <summary>Jobs like the ones that come in over HTTP, put straight into a database.</summary>
internal static class Jobs
{
    public const string Input =
        """{"prompt": "A paper boat drifting on a calm sea at sunset", "width": 832, "height": 480, "duration": 5, "seed": 7}""";

    private static readonly VideoFormat Format = new(832, 480, 80, 16);

    public static Task<SqliteDatabase> OpenAsync(string folder) =>
        SqliteDatabase.OpenAsync(Path.Combine(folder, "rushes.db"), new RetryPolicy(), TimeProvider.System);

    public static NewJob New(int account, string input = Input) => new()
    {
        Account = account,
        Model = "wan22-fast-t2v",
        Lane = "t2v",
        Tier = 0,
        Priority = 0,
        Input = input,
        Plan = new RenderPlan(Format, Format),
        Work = 90_000,
        CreatedAt = TimeProvider.System.GetUtcNow(),
    };

    /// <summary>Adds this many queued jobs to a database that a gateway has opened.</summary>
    public static async Task FillPostgresAsync(string url, int count)
    {
        await using var database = await PostgresDatabase.OpenAsync(
            PostgresUrl.Parse(url), new RetryPolicy(), TimeProvider.System);
        await FillAsync(database, count);
    }

    /// <summary>A gateway's folder with this many queued jobs of its first account, whose ids begin with 1.</summary>
    public static async Task FillAsync(string folder, int count)
    {
        await using var database = await OpenAsync(folder);
        await FillAsync(database, count);
    }

    private static async Task FillAsync(IDatabase database, int count)
    {
        var account = await database.Accounts.EnsureAccountAsync("first", default);
        foreach (var piece in Enumerable.Range(0, count).Chunk(20_000))
            await Task.WhenAll(piece.Select(_ => database.Jobs.SubmitAsync(New(account), default)));
    }
}
