using Rushes.Database;
using Rushes.Database.Postgres;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Postgres;

public sealed class PostgresTlsTests(TlsServer server) : IClassFixture<TlsServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_connection_is_encrypted_and_the_server_verified()
    {
        await using var node = await OpenAsync("localhost", "verify-full", "authority");
        await node.FollowAsync(Cancel);
        await node.Accounts.EnsureAccountAsync("first", Cancel);
        await node.Keys.SecretAsync("store-owner", 16, Cancel);

        var connections = await server.Cluster.ReadAsync(
            "postgres",
            """
            SELECT string_agg(DISTINCT ssl::text, ',') || ' ' || (count(*) >= 3)::text
            FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE datname = 'rushes'
            """);
        Assert.Equal("true true", connections);
    }

    [Theory]
    [InlineData("127.0.0.1", "verify-full", "authority", "the host name of the URL")]
    [InlineData("localhost", "verify-ca", "other", "an authority in sslrootcert")]
    [InlineData("localhost", "verify-full", "missing", "missing.pem")]
    [InlineData("localhost", "disable", "authority", "no encryption")]
    public async Task Anything_else_is_rejected_with_the_reason(string host, string mode, string authority, string reason)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => OpenAsync(host, mode, authority));
        Assert.IsType<DatabaseAwayException>(error);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private Task<PostgresDatabase> OpenAsync(string host, string mode, string authority) => PostgresDatabase.OpenAsync(
        PostgresUrl.Parse(
            $"postgres://rushes:rushes@{host}:{server.Cluster.Port}/rushes?sslmode={mode}"
                + $"&sslrootcert={server.File(authority + ".pem")}"
                + $"&sslcert={server.File("client.pem")}&sslkey={server.File("client.key")}"),
        new RetryPolicy(), TimeProvider.System, Cancel);
}
