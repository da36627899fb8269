using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Random histories, compared with a list: order, positions and ends must be the same.</summary>
public abstract partial class DatabaseConformance
{
    private int histories;

    /// <summary>The number of histories.</summary>
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
