using System.Diagnostics;
using Rushes.Database.Postgres;
using Rushes.Jobs;
using Rushes.Programs;
using Xunit;

namespace Rushes.Tests.Postgres;

/// <summary>A real PgBouncer with its default settings before a real server.</summary>
public sealed class PgBouncerTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private string database = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => database = await PostgresCluster.RentAsync();

    public ValueTask DisposeAsync()
    {
        PostgresCluster.Return(database);
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Session_mode_works()
    {
        await using var bouncer = await StartAsync("session");
        await using var one = await OpenAsync(bouncer);
        await using var two = await OpenAsync(bouncer);
        foreach (var each in new[] { one, two }) await each.FollowAsync(Cancel);
        var heard = new TaskCompletionSource();
        two.Followers.AddAccounts("test", _ => heard.TrySetResult());
        await one.Accounts.EnsureAccountAsync("first", Cancel);
        await heard.Task.WaitAsync(Cancel);
    }

    [Theory]
    [InlineData("transaction")]
    [InlineData("statement")]
    public async Task A_mode_that_shares_connections_is_rejected_at_the_start(string mode)
    {
        await using var bouncer = await StartAsync(mode);
        var rejected = await Assert.ThrowsAnyAsync<Exception>(() => OpenAsync(bouncer));
        Assert.IsType<InvalidDataException>(rejected);
        Assert.Contains("set pool_mode = session in the pooler.", rejected.Message, StringComparison.Ordinal);
    }

    private Task<PostgresDatabase> OpenAsync(Bouncer bouncer) => PostgresDatabase.OpenAsync(
        PostgresUrl.Parse($"postgres://rushes:rushes@127.0.0.1:{bouncer.Port}/{database}"), new RetryPolicy(),
        TimeProvider.System, Cancel);

    private async Task<Bouncer> StartAsync(string mode)
    {
        if (ChildProcess.Find("pgbouncer") is not { } program)
        {
            Assert.Skip("PgBouncer is not installed.");
            throw new InvalidOperationException();
        }
        var server = await PostgresCluster.SharedAsync();
        var port = Ports.Next();
        await File.WriteAllTextAsync(folder["pgbouncer.ini"], $"""
            [databases]
            * = host=127.0.0.1 port={server.Port} user=rushes password=rushes
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {mode}
            default_pool_size = 50
            """, Cancel);
        // It refuses to run as root.
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        var asOwner = Environment.UserName == "root" ? new[] { "-u", "postgres" } : [];
        var start = new ProcessStartInfo(program, [.. asOwner, folder["pgbouncer.ini"]])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        var bouncer = new Bouncer(Process.Start(start)!, port);
        if (await bouncer.IsUpAsync(Cancel)) return bouncer;
        await bouncer.DisposeAsync();
        throw new InvalidOperationException("PgBouncer did not start.");
    }

    private sealed class Bouncer(Process process, int port) : IAsyncDisposable
    {
        private Task<string> log = Task.FromResult("");

        public int Port => port;

        public async Task<bool> IsUpAsync(CancellationToken cancel)
        {
            while (await process.StandardError.ReadLineAsync(cancel) is { } line)
            {
                if (!line.Contains("process up", StringComparison.Ordinal)) continue;
                // Its log must be read: it blocks when the pipe is full.
                log = process.StandardError.ReadToEndAsync(CancellationToken.None);
                return true;
            }
            return false;
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            await log;
            process.Dispose();
        }
    }
}
