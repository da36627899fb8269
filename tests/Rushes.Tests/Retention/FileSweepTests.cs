using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Database;
using Rushes.Database.Sqlite;
using Rushes.Files;
using Rushes.Files.Local;
using Rushes.Jobs;
using Rushes.Retention;
using Rushes.Tests.Conformance;
using Xunit;

namespace Rushes.Tests.Retention;

/// <summary>Which files are deleted, with a real database, a real store and a fake clock.</summary>
public sealed class FileSweepTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly FakeClock clock = new();
    private IDatabase database = null!;
    private LocalFileStore store = null!;
    private int account;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await SqliteDatabase.OpenAsync(folder["jobs.db"], new RetryPolicy(), clock);
        store = new LocalFileStore(folder["files"], "rushes", new byte[32], clock);
        account = await database.Accounts.EnsureAccountAsync("alice", Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task What_belongs_to_no_job_goes_after_a_day()
    {
        var live = await SubmitAsync(await PutInputAsync(InputKey.NewSet()));
        await PutInputAsync(InputKey.NewSet());
        var ended = await EndAsync();
        await PutAsync(OutputKey.Of(account, ended, 7, "m"));
        await PutAsync(OutputKey.OfDraft(account, ended, 1, "m"));
        await PutAsync(OutputKey.Of(account, 999, 1, "m"));
        await PutAsync(CheckKey.New());
        // A worker that was killed while it ran this one, or that is about to finish it.
        var held = OutputKey.Of(account, live, 1, "m");
        await PutAsync(held);
        var before = await KeysAsync();

        clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(new Swept(), await SweepAsync());
        Assert.Equal(before, await KeysAsync());
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new Swept { Strays = 5 }, await SweepAsync());
        Assert.Equal(3, (await KeysAsync()).Count);

        await database.Jobs.CancelAsync(live, account, false, Cancel);
        Assert.Equal(new Swept { Strays = 1 }, await SweepAsync());
        Assert.DoesNotContain(held, await KeysAsync());
    }

    [Fact]
    public async Task Inputs_and_outputs_go_when_their_job_ended_long_enough_ago()
    {
        var rules = new KeepRules { Inputs = TimeSpan.FromDays(2), Outputs = TimeSpan.FromDays(10) };
        var input = await PutInputAsync(InputKey.NewSet());
        // A year in the queue makes nothing old.
        var id = await SubmitAsync(input, draft: true);
        clock.Advance(TimeSpan.FromDays(365));
        Assert.Equal(new Swept(), await SweepAsync(rules));
        await DraftAsync(id);
        await EndAsync(id);

        clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(new Swept(), await SweepAsync(rules));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new Swept { Expired = 1 }, await SweepAsync(rules));
        Assert.DoesNotContain(input, await KeysAsync());
        clock.Advance(TimeSpan.FromDays(8));
        Assert.Equal(new Swept { Expired = 2 }, await SweepAsync(rules));
        Assert.Empty(await KeysAsync());
        Assert.NotNull(await database.Jobs.FindAsync(id, Cancel));
    }

    [Fact]
    public async Task By_default_a_video_is_kept_for_ever_and_an_upload_for_a_week()
    {
        await EndAsync();
        await PutAsync($"uploads/a{account}/20260101/x.png");
        clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));
        Assert.Equal(new Swept { Expired = 1 }, await SweepAsync());
        clock.Advance(TimeSpan.FromDays(3650));
        Assert.Equal(new Swept(), await SweepAsync());
        Assert.Single(await KeysAsync());
    }

    [Fact]
    public async Task What_has_an_unknown_name_is_left_alone()
    {
        string[] strange = ["inputs/a1/20260101/short-1.jpg", "inputs/readme.txt", "outputs/a1/notes.txt", "outputs/a1/x_1_m.mp4",
            "outputs/a1/-1_1_m.mp4", "else/x.mp4"];
        foreach (var key in strange) await PutAsync(key);
        clock.Advance(TimeSpan.FromDays(3650));
        Assert.Equal(new Swept(), await SweepAsync());
        Assert.Equal(strange.Order(StringComparer.Ordinal), await KeysAsync());
    }

    [Fact]
    public async Task With_every_rule_off_nothing_goes()
    {
        await EndAsync();
        await PutInputAsync(InputKey.NewSet());
        await PutAsync($"uploads/a{account}/20260101/x.png");
        clock.Advance(TimeSpan.FromDays(3650));
        Assert.Equal(new Swept(), await SweepAsync(new KeepRules { Inputs = null, Uploads = null, Strays = null }));
        Assert.Equal(3, (await KeysAsync()).Count);
    }

    [Fact]
    public async Task More_files_than_a_page_are_all_looked_at()
    {
        for (var i = 0; i < 600; i++) await PutAsync(OutputKey.Of(account, 1000 + i, 1, "m"));
        var kept = await EndAsync();
        clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(new Swept { Strays = 600 }, await SweepAsync());
        Assert.Equal([OutputKey.Of(account, kept, 1, "m")], await KeysAsync());
    }

    [Fact]
    public async Task The_housekeeper_prunes_and_sweeps_and_leaves_the_rest_to_others_for_a_while()
    {
        var rules = new KeepRules { Jobs = TimeSpan.FromDays(1) };
        var id = await EndAsync();
        clock.Advance(TimeSpan.FromDays(2));
        await LookAsync(rules, database);
        // The rows first: then the files of the jobs that are gone belong to none.
        Assert.Null(await database.Jobs.FindAsync(id, Cancel));
        Assert.Equal([StoreOwner.Key], await KeysAsync());

        await PutAsync(OutputKey.Of(account, 999, 1, "m"));
        clock.Advance(TimeSpan.FromHours(5));
        await PutAsync(OutputKey.Of(account, 998, 1, "m"));
        await LookAsync(rules, database);
        Assert.Equal(3, (await KeysAsync()).Count);
        clock.Advance(TimeSpan.FromHours(20));
        await LookAsync(rules, database);
        Assert.Equal(2, (await KeysAsync()).Count);
    }

    [Fact]
    public async Task A_store_of_another_database_is_left_as_it_is()
    {
        await EndAsync();
        clock.Advance(TimeSpan.FromDays(2));
        await LookAsync(new KeepRules(), database);
        var before = await KeysAsync();
        clock.Advance(TimeSpan.FromDays(2));
        await using var empty = await SqliteDatabase.OpenAsync(folder["empty.db"], new RetryPolicy(), clock);
        await LookAsync(new KeepRules(), empty);
        Assert.Equal(before, await KeysAsync());

        await store.DeleteAsync(StoreOwner.Key, Cancel);
        clock.Advance(TimeSpan.FromDays(1));
        await LookAsync(new KeepRules(), empty);
        Assert.Equal([StoreOwner.Key], await KeysAsync());
    }

    private Task LookAsync(KeepRules rules, IDatabase of) => new Housekeeper(
        of.Retention, new Pruner(of.Retention, rules, clock), new FileSweep(of.Retention, store, rules, clock),
        new FileRecount(of.FileCounts, store, clock),
        new StoreOwner(of.Keys, store, folder.Path), clock, NullLogger<Housekeeper>.Instance).LookAsync(Cancel);

    private Task<Swept> SweepAsync(KeepRules? rules = null) =>
        new FileSweep(database.Retention, store, rules ?? new KeepRules(), clock).RunAsync(Cancel);

    private async Task<long> SubmitAsync(string? input = null, bool draft = false)
    {
        var job = DatabaseConformance.NewJob(account, input is null ? "t2v" : "i2v", clock.GetUtcNow()) with
        {
            InputSet = input is null ? null : InputKey.SetOf(input), Draft = draft ? JobDraft.Wanted : JobDraft.None,
        };
        return Assert.IsType<SubmitOutcome.Created>(await database.Jobs.SubmitAsync(job, Cancel)).Id;
    }

    private async Task<long> EndAsync(long? id = null)
    {
        var job = id ?? await SubmitAsync();
        var lane = (await database.Jobs.FindAsync(job, Cancel))!.Lane;
        var lease = (await database.Leases.ClaimAsync(
            new ClaimRequest("node/1", [lane], clock.GetUtcNow().AddSeconds(60)), Cancel))!;
        Assert.Equal(job, lease.Job.Id);
        var key = OutputKey.Of(account, job, lease.Fence, "m");
        await PutAsync(key);
        await database.Leases.FinishAsync(job, lease.Fence, new RunOutcome.Done(key, 1), Cancel);
        return job;
    }

    private async Task DraftAsync(long id)
    {
        var task = await database.Drafts.TakeDraftAsync(clock.GetUtcNow().AddSeconds(60), 0, Cancel);
        var key = OutputKey.OfDraft(account, id, task!.Fence, "m");
        await PutAsync(key);
        await database.Drafts.EndDraftAsync(id, task.Fence, key, Cancel);
    }

    private async Task<string> PutInputAsync(string set)
    {
        var key = InputKey.Of(account, clock.GetUtcNow(), set, 1, ".jpg");
        Assert.Equal(set, InputKey.SetOf(key));
        await PutAsync(key);
        return key;
    }

    private async Task PutAsync(string key)
    {
        var path = folder[Guid.NewGuid().ToString("n", CultureInfo.InvariantCulture)];
        await File.WriteAllTextAsync(path, "x", Cancel);
        await store.PutAsync(key, path, "video/mp4", Cancel);
    }

    private async Task<List<string>> KeysAsync()
    {
        var keys = new List<string>();
        await foreach (var file in store.ListAsync("", Cancel)) keys.Add(file.Key);
        keys.Sort(StringComparer.Ordinal);
        return keys;
    }
}
