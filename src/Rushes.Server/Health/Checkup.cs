using System.Diagnostics;
using System.Reflection;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Files;
using Rushes.Jobs;
using Rushes.Server.Admin;
using Rushes.Server.Settings;
using Rushes.Server.WorkerApi;
using Rushes.Work;

namespace Rushes.Server.Health;

/// <summary>What an operator would look at first when something is odd: each as a sentence, with what to do about it.</summary>
internal sealed class Checkup(
    GatewayOptions options, ModelCatalog catalog, IDatabase database, IFileStore files, Backlog backlog, Capacity capacity, WorkerRoster roster, Drains drains, DataFolder data,
    Func<ICollection<string>> addresses, TimeProvider clock)
{
    /// <summary>A disk that has less than both of these left is nearly full.</summary>
    private const long FewBytes = 10_000_000_000;
    private const double SmallShare = 0.1;

    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(250);

    private readonly long started = clock.GetTimestamp();

    public void Map(IEndpointRouteBuilder admin) => admin.MapGet("/health", async (CancellationToken cancel) =>
    {
        var checks = await RunAsync(cancel);
        var worst = checks.Any(check => check.State == "bad") ? "bad" : checks.Any(check => check.State == "warning") ? "warning" : "good";
        return TypedResults.Json(new CheckList(worst, checks), AdminWire.Json.CheckList);
    });

    private async Task<IReadOnlyList<CheckBody>> RunAsync(CancellationToken cancel) =>
    [
        Gateway(),
        await AnswersAsync("Database", DatabaseChoice.IsShared(options) ? $"PostgreSQL at {DatabaseChoice.Show(options)}" : "SQLite in the data folder",
            () => database.FindAsync(0, cancel), "See the log for why it does not answer."),
        await AnswersAsync("Files", $"{(options.Storage.StartsWith("local", StringComparison.Ordinal) ? "A folder of this machine" : "A bucket in S3")}, {files.Bucket}",
            () => files.FindAsync("outputs/none", cancel), "See the log for why it does not answer, and the setting storage."),
        Disk(),
        Workers(),
        .. Lanes(),
        Transport(),
    ];

    private CheckBody Gateway()
    {
        var version = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3);
        var memory = Process.GetCurrentProcess().WorkingSet64 / 1_000_000;
        return Good("Gateway", $"Rushes {version}, up for {Spoken(clock.GetElapsedTime(started))}, {memory} MB of memory");
    }

    private async Task<CheckBody> AnswersAsync(string name, string what, Func<Task> ask, string cure)
    {
        var asked = clock.GetTimestamp();
        try
        {
            await ask();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new CheckBody(name, "bad", $"{what}: {error.Message}", cure);
        }

        var took = clock.GetElapsedTime(asked);
        var text = $"{what}; answered in {took.TotalMilliseconds:0.#} ms";
        return took < Slow ? Good(name, text) : new CheckBody(name, "warning", text, "It is slow: look at the load of the machine it is on, and at the way there.");
    }

    private CheckBody Disk()
    {
        var drive = new DriveInfo(data.Path);
        var text = $"{drive.AvailableFreeSpace / 1e9:0.#} of {drive.TotalSize / 1e9:0.#} GB are free where {data.Path} lies";
        return drive.AvailableFreeSpace >= FewBytes || drive.AvailableFreeSpace >= drive.TotalSize * SmallShare
            ? Good("Disk", text)
            : new CheckBody("Disk", "warning", text, "Make room, or move the data folder: a full disk refuses every new job.");
    }

    private CheckBody Workers()
    {
        var all = roster.All;
        var away = all.Where(worker => worker.Offer.Models.Count == 0).Select(worker => $"{worker.Offer.Worker} ({worker.Offer.Engine})").ToArray();
        var drained = all.Count(worker => drains.IsDrained(worker.Offer.Worker));
        var elsewhere = all.Count(worker => worker.IsRemote);
        var text = $"{Number(all.Count, "slot")}{(elsewhere > 0 ? $", {elsewhere} of them elsewhere" : "")}{(drained > 0 ? $", {drained} drained" : "")}";
        if (all.Count == 0) return new CheckBody("Workers", "bad", "There are none: nothing is made", "Start the gateway with --workers, or rushes worker on a machine that reaches it.");
        return away.Length == 0 ? Good("Workers", text) : new CheckBody("Workers", "warning", $"{text}; the engines of these are away: {string.Join(", ", away)}", "See that their servers or programs run.");
    }

    /// <summary>Those alone that something is to be said of.</summary>
    private IEnumerable<CheckBody> Lanes()
    {
        foreach (var (lane, title) in catalog.Lanes)
        {
            var waiting = backlog.Counts(lane).Queued;
            if (backlog.IsPaused(lane)) yield return new CheckBody($"Lane {lane}", "warning", $"{title} is paused, and {Number(waiting, "job")} wait", "Resume it on the page Queue when it may go on.");
            else if (capacity.Serving(lane).Slots == 0 && waiting > 0) yield return new CheckBody($"Lane {lane}", "bad", $"{Number(waiting, "job")} wait for {title}, which no worker makes", "Start a worker with an engine that makes it, or resume one that is drained.");
        }
    }

    private CheckBody Transport()
    {
        var open = addresses().Where(url => url.StartsWith("http://", StringComparison.Ordinal) && Uri.TryCreate(url.Replace("//+", "//0.0.0.0", StringComparison.Ordinal).Replace("//*", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var uri) && !uri.IsLoopback).ToArray();
        return open.Length == 0 || options.KnownProxies is not null
            ? Good("Transport", $"Listens on {string.Join(", ", addresses())}")
            : new CheckBody("Transport", "warning", $"{string.Join(", ", open)} can be reached from other machines without TLS: keys travel in the clear", "Give it a certificate, or put a proxy in front and name it in known-proxies; docs/operate/security.md says how.");
    }

    private static CheckBody Good(string name, string text) => new(name, "good", text, null);

    private static string Number(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";

    private static string Spoken(TimeSpan time) => time.TotalDays >= 2 ? $"{time.TotalDays:0} days" : time.TotalHours >= 2 ? $"{time.TotalHours:0} hours" : $"{Number(Math.Max(1, (int)time.TotalMinutes), "minute")}";
}
