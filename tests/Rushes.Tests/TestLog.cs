using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Rushes.Tests;

/// <summary>Keeps a gateway's log, and attaches it to the test that started it, which prints it on failure.</summary>
internal sealed class TestLog : ILoggerProvider
{
    private readonly ITestOutputHelper? output = TestContext.Current.TestOutputHelper;
    private readonly ConcurrentQueue<string> lines = [];

    /// <summary>All lines until now; none of a gateway that several tests share.</summary>
    public IReadOnlyCollection<string> Lines => lines;

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, output, lines);

    public void Dispose() { }

    private sealed class Logger(string category, ITestOutputHelper? output, ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => output is not null && logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var line = $"{logLevel} {category}: {formatter(state, exception)} {exception}";
            lines.Enqueue(line);
            try
            {
                output!.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {line}");
            }
            catch (InvalidOperationException)
            {
                // The test has ended; its gateway is just stopping.
            }
        }
    }
}
