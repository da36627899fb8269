using Rushes.Engines;
using Xunit;

namespace Rushes.Tests.Engines;

public sealed class EngineHealthTests
{
    private readonly FakeClock clock = new();
    private Checkup found = new Checkup.Works(Proves: false);
    private int checks;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_part_with_a_check_takes_no_job_before_its_first_check()
    {
        var part = Part();
        Assert.IsType<HealthState.Away>(part.State);
        Assert.Null(part.TryEnter());

        await part.WaitUntilReadyAsync(Cancel);

        Assert.IsType<HealthState.Ready>(part.State);
        Assert.NotNull(part.TryEnter());
        Assert.NotNull(part.TryEnter());
    }

    [Fact]
    public async Task After_one_failure_it_takes_one_job_at_a_time()
    {
        var part = await ReadyAsync();

        Fail(part, job: 1);

        Assert.Equal(new HealthState.Suspect("it broke"), part.State);
        var trial = part.TryEnter();
        Assert.NotNull(trial);
        Assert.Null(part.TryEnter());
        trial.Dispose();
        using var next = part.TryEnter()!;
        next.Succeeded();
        Assert.IsType<HealthState.Ready>(part.State);
    }

    [Fact]
    public async Task Failures_in_a_row_stop_the_jobs_until_a_pause_and_a_check_are_over_and_each_pause_is_longer()
    {
        var part = await ReadyAsync();
        Fail(part, job: 1);
        Fail(part, job: 2);
        Assert.Equal(new HealthState.Sick("it broke; it failed 2 times in a row"), part.State);
        Assert.Null(part.TryEnter());

        var pauses = new List<TimeSpan>();
        for (var job = 3; job < 10; job++)
        {
            pauses.Add(await WaitUntilReadyAsync(part));
            Assert.IsType<HealthState.Suspect>(part.State);
            Fail(part, job);
            Assert.IsType<HealthState.Sick>(part.State);
        }

        Assert.InRange(pauses[0], TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        Assert.InRange(pauses[2], TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8));
        Assert.InRange(pauses[^1], TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Jobs_that_fail_side_by_side_count_once()
    {
        var part = await ReadyAsync();
        var (one, other) = (part.TryEnter()!, part.TryEnter()!);

        one.Failed(1, "it broke");
        other.Failed(2, "it broke");

        Assert.IsType<HealthState.Suspect>(part.State);
    }

    [Fact]
    public async Task A_check_that_finds_something_missing_names_it_and_goes_on_until_it_is_there()
    {
        found = new Checkup.Broken("the weights are missing: put them there");
        var part = Part();

        var mending = part.WaitUntilReadyAsync(Cancel);
        Assert.Equal("the weights are missing: put them there", part.State.Problem);
        Assert.IsType<HealthState.Sick>(part.State);
        found = new Checkup.Works(Proves: false);
        clock.Advance(TimeSpan.FromMinutes(1));
        await mending;

        Assert.IsType<HealthState.Ready>(part.State);
        Assert.Equal(2, checks);
    }

    [Fact]
    public async Task Whoever_waits_takes_the_check_over_from_one_that_was_stopped()
    {
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var first = true;
        var part = new EngineHealth("it", clock, async cancel =>
        {
            if (first) await Task.Delay(Timeout.Infinite, cancel);
            return found;
        });
        var one = part.WaitUntilReadyAsync(stopped.Token);
        var other = part.WaitUntilReadyAsync(Cancel);

        first = false;
        await stopped.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        await other;
        Assert.IsType<HealthState.Ready>(part.State);
    }

    [Fact]
    public async Task A_check_on_the_gpu_proves_that_it_works_only_when_one_job_alone_had_failed()
    {
        found = new Checkup.Works(Proves: true);
        var part = await ReadyAsync();
        Fail(part, job: 1);
        Fail(part, job: 1);
        await WaitUntilReadyAsync(part);
        Assert.Equal(1, part.Proofs);

        Fail(part, job: 2);
        await WaitUntilReadyAsync(part);

        Assert.Equal(1, part.Proofs);
    }

    private EngineHealth Part() => new("it", clock, _ =>
    {
        checks++;
        return Task.FromResult(found);
    });

    private async Task<EngineHealth> ReadyAsync()
    {
        var part = Part();
        await part.WaitUntilReadyAsync(Cancel);
        return part;
    }

    private static void Fail(EngineHealth part, long job)
    {
        using var pass = part.TryEnter()!;
        pass.Failed(job, "it broke");
    }

    /// <summary>How long it took.</summary>
    private async Task<TimeSpan> WaitUntilReadyAsync(EngineHealth part)
    {
        var since = clock.GetUtcNow();
        var mending = part.WaitUntilReadyAsync(Cancel);
        while (!mending.IsCompleted)
        {
            // Only while the part waits: once its timer has fired, it may need a while to go on.
            if (clock.Timers > 0) clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
        await mending;
        return clock.GetUtcNow() - since;
    }
}
