using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Random histories against a list: whatever happens, order, positions and ends are the list's.</summary>
public abstract partial class DatabaseConformance
{
    private int histories;

    /// <summary>How many are tried.</summary>
    protected virtual int Histories => 40;

    [Fact]
    public void Any_history_keeps_the_order_and_loses_no_job() =>
        Prop.ForAll(History.Any, RunAsync).Check(Config.QuickThrowOnFailure.WithMaxTest(Histories));

    private Task RunAsync(History.Step[] steps)
    {
        var number = ++histories;
        return new History(() => OpenAsync($"history-{number}", History.Retries, Clock), Clock, number).RunAsync(steps);
    }
}
