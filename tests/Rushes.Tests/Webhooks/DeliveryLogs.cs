using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Rushes.Webhooks;
using Xunit;

namespace Rushes.Tests.Webhooks;

/// <summary>The deliverer's log, in which tests wait for events; an attempt is logged once it is recorded.</summary>
internal sealed class DeliveryLogs : ILogger<Deliverer>
{
    private readonly Channel<string> events = Channel.CreateUnbounded<string>();

    /// <summary>Skips events until one starts with this text.</summary>
    public async Task WaitForAsync(string start)
    {
        while (!(await events.Reader.ReadAsync(TestContext.Current.CancellationToken))
            .StartsWith(start, StringComparison.Ordinal)) { }
    }

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        events.Writer.TryWrite(formatter(state, exception));

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;
}
