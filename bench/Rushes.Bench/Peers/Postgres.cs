using System.Globalization;
using Rushes.Programs;

namespace Rushes.Bench.Peers;

/// <summary>A PostgreSQL of its own, with fsync on.</summary>
internal sealed class Postgres(string folder, string url) : IAsyncDisposable
{
    private static string Script => Path.Combine(Folders.Repository, "scripts/postgres-up.sh");

    private int databases;

    public static async Task<Postgres> StartAsync(string folder)
    {
        var url = await ServerProcess.OutputAsync(Script, folder, Ports.Free().ToString(CultureInfo.InvariantCulture));
        return new Postgres(folder, url);
    }

    /// <summary>The URL of a new, empty database.</summary>
    public async Task<string> NewAsync()
    {
        var name = $"bench{++databases}";
        var exit = await ChildProcess.RunAsync(
            new Command("psql", ["-q", url, "-c", $"CREATE DATABASE {name}"]), null, CancellationToken.None);
        if (!exit.Ok) throw new InvalidOperationException(exit.Errors);
        return $"{url[..url.LastIndexOf('/')]}/{name}";
    }

    public async ValueTask DisposeAsync() => await ServerProcess.OutputAsync(Script, folder, "stop");
}
