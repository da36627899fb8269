namespace Rushes.Bench;

/// <summary>Servers that stop together.</summary>
internal sealed class Servers : IAsyncDisposable
{
    private readonly List<ServerProcess> all = [];

    public ServerProcess Add(ServerProcess server)
    {
        all.Add(server);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in all) await server.DisposeAsync();
    }
}
