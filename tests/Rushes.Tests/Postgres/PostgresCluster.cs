using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;
using Rushes.Tests.Rules;
using Xunit;

[assembly: AssemblyFixture(typeof(Rushes.Tests.Postgres.PostgresCluster))]

namespace Rushes.Tests.Postgres;

/// <summary>
/// A real PostgreSQL server, durable as any, made by the first test that asks and gone after the last. Each test has
/// databases of its own.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static readonly ConcurrentBag<string> Idle = [];
    private static PostgresCluster? shared;
    private static int databases;

    /// <summary>The files of a server that was never started. Copying them takes a tenth of the time of making them.</summary>
    private static readonly Lazy<Task<TempFolder>> New = new(MakeAsync);

    // Much faster than making them anew. The role of a replica is one whose triggers do not fire.
    private const string Emptied = """
        SET session_replication_role = replica;
        DO $$ DECLARE name text; BEGIN
          FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations' LOOP
            EXECUTE format('DELETE FROM %I', name);
          END LOOP;
          FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
            PERFORM setval(name, 1, false);
          END LOOP;
        END $$
        """;

    private readonly TempFolder folder = new();
    private string at;
    private int port;

    public PostgresCluster() => at = folder.Path;

    public int Port => port;

    /// <summary>The file that the server logs to.</summary>
    public string Log => Path.Combine(at, "log");

    /// <summary>The URL for the gateway.</summary>
    public string Url(string database) => $"postgres://rushes:rushes@127.0.0.1:{port}/{database}";

    /// <summary>The server that tests share.</summary>
    public static async Task<PostgresCluster> SharedAsync()
    {
        await Gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return shared ??= await StartAsync();
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>A separate server, for tests that kill it.</summary>
    /// <param name="disk">Where it keeps everything; unless given, in a folder of its own.</param>
    public static async Task<PostgresCluster> StartAsync(string? disk = null)
    {
        var cluster = new PostgresCluster();
        if (disk is not null) cluster.at = disk;
        // The server's user has to reach it.
        File.SetUnixFileMode(cluster.at, (UnixFileMode)0b111_101_101);
        cluster.port = Ports.Next();
        await CopyAsync(Path.Combine((await New.Value).Path, "data"), cluster.at);
        await cluster.UpAsync();
        return cluster;
    }

    /// <summary>A new standby of this server that follows it.</summary>
    public async Task<PostgresCluster> AddStandbyAsync()
    {
        var standby = new PostgresCluster();
        File.SetUnixFileMode(standby.at, (UnixFileMode)0b111_101_101);
        standby.port = Ports.Next();
        await standby.ScriptAsync($"{standby.port}", $"{port}");
        return standby;
    }

    /// <summary>An empty database of the shared server.</summary>
    public static async Task<string> RentAsync()
    {
        var cluster = await SharedAsync();
        if (Idle.TryTake(out var used))
        {
            await cluster.RunAsync(used, Emptied);
            return used;
        }

        return await cluster.CreateAsync($"test{Interlocked.Increment(ref databases)}");
    }

    /// <summary>Makes a database available to other tests; all connections to it must be closed.</summary>
    public static void Return(string database) => Idle.Add(database);

    public async Task<string> CreateAsync(string database)
    {
        await RunAsync("postgres", $"CREATE DATABASE {database}");
        return database;
    }

    public async Task RunAsync(string database, string sql) => await ReadAsync(database, sql);

    /// <summary>Returns the first value as text.</summary>
    public async Task<string> ReadAsync(string database, string sql)
    {
        await using var connection = await ConnectAsync(database);
        await using var command = new NpgsqlCommand(sql, connection);
        return $"{await command.ExecuteScalarAsync()}";
    }

    public async Task<NpgsqlConnection> ConnectAsync(string database)
    {
        var connection = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={port};Username=rushes;Password=rushes;Pooling=false;Database={database}");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Starts or restarts it.</summary>
    public Task UpAsync() => ScriptAsync($"{port}");

    public Task StopAsync() => ScriptAsync("stop");

    /// <summary>From now on clients over TCP need TLS and a certificate of the authority.</summary>
    public async Task UseTlsAsync(string certificate, string key, string authority)
    {
        using (var own = Process.Start("chown", ["--reference", Path.Combine(at, "data"), certificate, key, authority]))
            await own.WaitForExitAsync();
        await RunAsync("postgres", $"ALTER SYSTEM SET ssl_cert_file = '{certificate}'");
        await RunAsync("postgres", $"ALTER SYSTEM SET ssl_key_file = '{key}'");
        await RunAsync("postgres", $"ALTER SYSTEM SET ssl_ca_file = '{authority}'");
        await RunAsync("postgres", "ALTER SYSTEM SET ssl = on");
        await File.WriteAllTextAsync(
            Path.Combine(at, "data", "pg_hba.conf"),
            """
            hostssl rushes all all scram-sha-256 clientcert=verify-full
            host postgres all all scram-sha-256
            """ + "\n");
        await StopAsync();
        await UpAsync();
    }

    /// <summary>Sends SIGKILL to the server.</summary>
    public async Task KillAsync()
    {
        var server = (await File.ReadAllLinesAsync(Path.Combine(at, "data", "postmaster.pid")))[0];
        // The parent alone: its children notice and go.
        using var kill = Process.Start("kill", ["-9", server]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (port == 0)
        {
            // The fixture itself: the end of all tests.
            if (shared is not null) await shared.DisposeAsync();
            if (New.IsValueCreated) (await New.Value).Dispose();
            folder.Dispose();
            return;
        }

        await StopAsync();
        folder.Dispose();
    }

    private static async Task<TempFolder> MakeAsync()
    {
        var folder = new TempFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        await RunScriptAsync(folder.Path, "make");
        return folder;
    }

    private static async Task CopyAsync(string data, string to)
    {
        var copied = await Tool.RunAsync("cp", ["-a", "--reflink=auto", data, to], CancellationToken.None);
        if (!copied.Ok) throw new InvalidOperationException("PostgreSQL: " + copied.Errors);
    }

    private Task ScriptAsync(params string[] what) => RunScriptAsync(at, what);

    private static async Task RunScriptAsync(string folder, params string[] what)
    {
        var start = new ProcessStartInfo(
            Path.Combine(RoomTests.Root(), "scripts", "postgres-up.sh"),
            [folder, .. what]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var script = Process.Start(start)!;
        // A program blocks when its pipe is full.
        _ = script.StandardOutput.ReadToEndAsync();
        var errors = script.StandardError.ReadToEndAsync();
        await script.WaitForExitAsync();
        if (script.ExitCode != 0) throw new InvalidOperationException("PostgreSQL: " + await errors);
    }
}
