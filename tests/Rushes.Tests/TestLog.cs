using Microsoft.Extensions.Logging;
using Xunit;

namespace Rushes.Tests;

/// <summary>Attaches a gateway's log to the test that started it, which prints it on failure.</summary>
internal sealed class TestLog : ILoggerProvider
{
    private readonly ITestOutputHelper? output = TestContext.Current.TestOutputHelper;

    public ILogger CreateLogger(string categoryName) => new Lines(categoryName, output);

    public void Dispose() { }

    private sealed class Lines(string category, ITestOutputHelper? output) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => output is not null && logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            try
            {
                output!.WriteLine(
                    $"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {logLevel} {category}: "
                        + $"{formatter(state, exception)} {exception}");
            }
            catch (InvalidOperationException)
            {
                // The test has ended; its gateway is just stopping.
            }
        }
    }
}
