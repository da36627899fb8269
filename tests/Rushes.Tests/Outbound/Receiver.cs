using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Rushes.Tests.Outbound;

/// <summary>A web server on a loopback address that counts what reaches it.</summary>
public sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private int hits;

    private Receiver(WebApplication app) => this.app = app;

    public int Hits => Volatile.Read(ref hits);

    public int Port => new Uri(app.Urls.Single()).Port;

    public string this[string path] => app.Urls.Single() + path;

    public static async Task<Receiver> StartAsync(RequestDelegate answer, string address = "127.0.0.1", int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Parse(address), port));
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.Run(context =>
        {
            Interlocked.Increment(ref receiver.hits);
            return answer(context);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
