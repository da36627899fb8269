using System.Collections.Concurrent;
using System.Reflection;
using Xunit;
using Xunit.v3;

[assembly: Rushes.Tests.TestTimeLimit]

namespace Rushes.Tests;

/// <summary>
/// No test may hold up a run for ever. A test that takes far longer than any does on a busy machine is cancelled by its token and
/// fails. If one does not heed its token, or if no test starts or ends for a long time, the run is ended and its last lines name
/// the tests that were running.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class TestTimeLimitAttribute : BeforeAfterTestAttribute
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan ToHeed = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(8);

    private static readonly ConcurrentDictionary<string, Running> All = [];
    private static readonly Timer Watch = new(_ => Look(), null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
    private static long lastChange = Environment.TickCount64;

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        Volatile.Write(ref lastChange, Environment.TickCount64);
        All[test.UniqueID] = new Running(test.TestDisplayName, TestContext.Current);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        Volatile.Write(ref lastChange, Environment.TickCount64);
        if (All.TryRemove(test.UniqueID, out var running) && running.Cancelled)
            Assert.Fail($"It ran for more than {Limit.TotalMinutes} minutes and was cancelled.");
    }

    private static void Look()
    {
        // What is run by hand, such as the long fault run, may take as long as it is told to.
        if (Environment.GetCommandLineArgs().Contains("-explicit")) return;
        foreach (var running in All.Values)
        {
            if (running.Age > Limit) running.Cancel();
            if (running.Age > Limit + ToHeed) EndRun();
        }
        // A fixture that is still starting is not in the list of tests.
        if (Environment.TickCount64 - Volatile.Read(ref lastChange) > Silence.TotalMilliseconds) EndRun();
    }

    private static void EndRun()
    {
        Console.Error.WriteLine("The run is ended, because a test or a fixture does not end. Running:");
        foreach (var running in All.Values) Console.Error.WriteLine($"  [FAIL] {running.Name}, for {running.Age:m\\:ss} min");
        Environment.Exit(1);
    }

    private sealed class Running(string name, ITestContext context)
    {
        private readonly long start = Environment.TickCount64;

        public string Name => name;

        public bool Cancelled { get; private set; }

        public TimeSpan Age => TimeSpan.FromMilliseconds(Environment.TickCount64 - start);

        public void Cancel()
        {
            if (Cancelled) return;
            Cancelled = true;
            Console.Error.WriteLine($"{name} has run for {Age:m\\:ss} min and is cancelled.");
            context.CancelCurrentTest();
        }
    }
}
