using Rushes.Database;
using Rushes.Database.Postgres;
using Rushes.Database.Sqlite;
using Rushes.Jobs;
using Rushes.Server.Settings;

namespace Rushes.Server;

/// <summary>The setting <c>Database</c>: a PostgreSQL that gateways share, or a file of this one's own.</summary>
internal static class DatabaseChoice
{
    public static bool IsShared(GatewayOptions options) => options.Database is not null;

    /// <summary>Gateways that share a database share its clock.</summary>
    public static TimeProvider Clock(GatewayOptions options) =>
        IsShared(options) ? new ServerClock(TimeProvider.System) : TimeProvider.System;

    /// <exception cref="SettingsException">It cannot be used.</exception>
    public static async Task<IDatabase> OpenAsync(
        GatewayOptions options, DataFolder data, TimeProvider clock, CancellationToken cancel)
    {
        try
        {
            return options.Database is null
                ? await SqliteDatabase.OpenAsync(data.DatabaseFile, new RetryPolicy(), clock)
                : await PostgresDatabase.OpenAsync(Parse(options.Database), new RetryPolicy(), clock, cancel);
        }
        catch (Exception error) when (error is DatabaseAwayException or InvalidDataException)
        {
            throw new SettingsException($"Database: {error.Message}");
        }
    }

    /// <summary>For the audit and for people: without user and password.</summary>
    public static string Show(GatewayOptions options) => options.Database is { } url ? $"postgres://{Parse(url).Shown}" : "";

    private static PostgresUrl Parse(string url)
    {
        try
        {
            return PostgresUrl.Parse(url);
        }
        catch (FormatException error)
        {
            throw new SettingsException($"Database: {error.Message}");
        }
    }
}
