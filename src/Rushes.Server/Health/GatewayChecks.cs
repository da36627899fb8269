using System.Diagnostics;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Files;
using Rushes.Jobs;
using Rushes.Outbound;
using Rushes.Server.Http;
using Rushes.Server.Settings;
using Rushes.Server.WorkerApi;
using Rushes.Work;

namespace Rushes.Server.Health;

/// <summary>Checks everything that a running gateway needs, with a fix for each problem. It leaves no changes behind.</summary>
internal sealed class GatewayChecks(
    IJobStore jobStore, ILeaseStore leases, IFileStore files, WorkerRoster roster, Backlog backlog, Drains drains,
    RecentEnds ends, ModelCatalog catalog, OutboundHttp outbound,
    Origin origin, GatewayOptions options, DataFolder data, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    /// <summary>Follows URLs as a client would, including the proxy settings of the environment.</summary>
    private static readonly HttpClient Visitor = new() { Timeout = TimeSpan.FromSeconds(15) };

    /// <param name="reach">A URL to test outgoing connections with; null to skip the test.</param>
    public async Task<IReadOnlyList<Finding>> RunAsync(string? reach, CancellationToken cancel)
    {
        var found = new List<Finding>();
        await TryAsync("ffmpeg", async limit => found.Add(await MachineChecks.FfmpegAsync(limit)));
        await TryAsync("libvips", async limit => found.Add(await MachineChecks.LibvipsAsync(limit)));
        await TryAsync("disk", limit => Task.Run(() => found.Add(MachineChecks.Disk(data.Path)), limit));
        await TryAsync("database", async limit => found.Add(await DatabaseAsync(limit)));
        await TryAsync("storage", async limit => await StorageAsync(found, limit));
        Workers(found);
        Models(found);
        Lanes(found);
        Jobs(found);
        await TryAsync("public_url", async limit => found.Add(await PublicAsync(limit)));
        await TryAsync("callbacks", async limit => found.Add(await ReachAsync(reach, limit)));
        return found;

        async Task TryAsync(string check, Func<CancellationToken, Task> look)
        {
            using var late = new CancellationTokenSource(Patience, clock);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
            try
            {
                await look(limit.Token);
            }
            catch (Exception error) when (!cancel.IsCancellationRequested)
            {
                var why = error is OperationCanceledException
                    ? $"no response within {Patience.TotalSeconds:0} seconds"
                    : error.Message.TrimEnd('.');
                found.Add(Finding.Error(check, $"The check failed: {why}.", Cure(check)));
            }
        }
    }

    private static string Cure(string check) => check switch
    {
        "database" => "Check whether its disk is full or its server is down. Requests are rejected until it works.",
        "storage" =>
            "Check whether the disk is full, the folder's owner, and the bucket's address and credentials; "
                + "see docs/operate/storage.md.",
        "public_url" =>
            "The setting public-url does not point to this gateway. Check the DNS name, the certificate and the proxy.",
        _ => "See the gateway's log.",
    };

    private async Task<Finding> DatabaseAsync(CancellationToken cancel)
    {
        var watch = Stopwatch.GetTimestamp();
        // A write for a job that does not exist: it is committed but changes nothing.
        await leases.RenewAsync(0, 0, clock.GetUtcNow(), new Progress(0, 0), cancel);
        await jobStore.FindAsync(0, cancel);
        var took = Stopwatch.GetElapsedTime(watch).TotalMilliseconds;
        return took > 1000
            ? Finding.Warning("database", $"Reading and committing is slow: {took:0} ms.", "Check what else uses its disk.")
            : Finding.Ok("database", $"Reading and committing takes {took:0} ms.");
    }

    /// <summary>
    /// Writes, finds, reads, signs and deletes a test file. Its time stamp shows the difference between the clocks.
    /// </summary>
    private async Task StorageAsync(List<Finding> found, CancellationToken cancel)
    {
        var word = Guid.NewGuid().ToString("n");
        var (key, path) = (CheckKey.New(), new Folder(data.Incoming).File(word));
        try
        {
            await File.WriteAllTextAsync(path, word, cancel);
            var stored = await files.PutAsync(key, path, "text/plain", cancel);
            var now = clock.GetUtcNow();
            await using (var content = await files.OpenAsync(key, cancel)
                ?? throw new IOException("a file that was written cannot be found"))
            using (var reader = new StreamReader(content))
                if (await reader.ReadToEndAsync(cancel) != word)
                    throw new IOException("a file that was written has different content");
            found.Add(await LinkAsync(key, word, cancel));
            await files.DeleteAsync(key, cancel);
            if (await files.FindAsync(key, cancel) is not null) throw new IOException("a file that was deleted still exists");
            found.Add(Finding.Ok("storage", $"Writing, reading and deleting files in {files.Bucket} works."));

            var off = (stored.ModifiedAt - now).Duration();
            found.Add(off > Skew
                ? Finding.Error(
                    "clock", $"This machine's clock and the file storage's clock differ by {off.TotalSeconds:0} seconds.",
                    "Set up NTP. Signed URLs contain times, and S3 rejects requests with a wrong time.")
                : Finding.Ok("clock", $"The clock is correct: {now:yyyy-MM-dd HH:mm:ss} UTC."));
        }
        finally
        {
            File.Delete(path);
            await files.DeleteAsync(key, CancellationToken.None);
        }
    }

    private async Task<Finding> LinkAsync(string key, string word, CancellationToken cancel)
    {
        var link = files.Presign(HttpMethods.Get, key, TimeSpan.FromMinutes(5), new Uri(origin.Own));
        var where = link.GetLeftPart(UriPartial.Authority);
        try
        {
            return await Visitor.GetStringAsync(link, cancel) == word
                ? Finding.Ok("links", $"A signed URL at {where} works.")
                : Finding.Error(
                    "links", $"A signed URL at {where} returns different content.",
                    "Another server responds there. Check public-url and the proxy.");
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return Finding.Error(
                "links", $"A signed URL at {where} does not work from this machine: {error.Message.TrimEnd('.')}.",
                "Clients need such URLs. Set public-url to the gateway's address for clients, "
                    + "and let the proxy forward the host.");
        }
    }

    private const string Wanted =
        "Fix this on the engine's machine. The worker detects it within a minute, without a restart (docs/operate/comfyui.md).";

    private void Workers(List<Finding> found)
    {
        var all = roster.All;
        if (all.Count == 0)
            found.Add(
                Finding.Error(
                    "engines", "There are no workers.",
                    "Start `rushes worker` on a machine with a GPU, or start this gateway with --workers 1."));
        foreach (var worker in all)
        {
            var (offer, name) = (worker.Offer, worker.Offer.Worker);
            if (offer.Models.Count == 0 && offer.Wants.Count == 0)
                found.Add(
                    Finding.Error(
                        "engines", $"{name}: its engine {offer.Engine} cannot run any model.",
                        "Check whether the engine is running and has its models. The worker's log shows what is missing."));
            else if (offer.Models.Count == 0)
                found.AddRange(
                    offer.Wants.Select(
                        want => Finding.Error("engines", $"{name}: {offer.Engine} cannot run any model: {want}.", Wanted)));
            else if (drains.IsDrained(name))
                found.Add(Finding.Warning("engines", $"{name} is drained and takes no jobs.", "Resume it in the console."));
            else if (offer.Version is { } version && version != ProgramVersion.Text)
                found.Add(
                    Finding.Warning(
                        "engines", $"{name} has version {version}, this gateway {ProgramVersion.Text}.",
                        "Update both to the same release."));
            else
                found.Add(
                    Finding.Ok(
                        "engines",
                        $"{name}: {offer.Engine}{(offer.Gpu is { } gpu ? $" on {gpu.Name}" : "")}, "
                        + $"{(offer.Models.Count == 1 ? "1 model" : $"{offer.Models.Count} models")}."));
            found.AddRange(
                offer.Parts.Where(part => part.IsBusyWithOthers).Select(
                    part => Finding.Warning(
                        "engines", $"{name}: {part.Reason}.", "Jobs run when that prompt has ended. Nothing needs a restart.")));
            found.AddRange(
                offer.Advice.Select(
                    advice => Finding.Warning(
                        "engines", $"{name}: {offer.Engine}: {advice}.", "See the server options in docs/operate/comfyui.md.")));
            // An engine that supports some models can lack files for others.
            if (offer.Models.Count > 0)
                found.AddRange(
                    offer.Wants.Select(want => Finding.Warning("engines", $"{name}: {offer.Engine}: {want}.", Wanted)));
        }
    }

    private void Models(List<Finding> found)
    {
        var made = roster.All.SelectMany(worker => worker.Offer.Models).ToHashSet();
        var idle = catalog.Models.Where(model => !made.Contains(model.Id)).Select(model => model.Family.Name).Distinct().ToList();
        found.Add(idle.Count > 0
            ? Finding.Warning(
                "models", $"No worker supports {string.Join(", ", idle)}; their jobs stay queued.",
                "Add a worker with an engine that supports them, or disable them in the catalog (docs/operate/catalog.md).")
            : Finding.Ok("models", $"All {catalog.Models.Count} models are supported by a worker."));
        found.AddRange(
            catalog.Models.Where(model => made.Contains(model.Id) && model.Family.Note is not null)
                .Select(model => model.Family).DistinctBy(family => family.Name)
                .Select(family => Finding.Ok(
                    "licences", $"{family.Name}: {family.Licence ?? "the catalog has no licence"}. {family.Note}")));
    }

    private void Lanes(List<Finding> found)
    {
        var paused = catalog.Lanes.Where(lane => backlog.IsPaused(lane.Key)).ToList();
        foreach (var (lane, title) in paused)
            found.Add(
                Finding.Warning(
                    "lanes", $"{title} is paused. Queued jobs: {backlog.Counts(lane).Queued}.", "Resume it in the console."));
        if (paused.Count == 0) found.Add(Finding.Ok("lanes", $"None of the {catalog.Lanes.Count} lanes is paused."));
    }

    /// <summary>Models of which too many jobs failed in the last hour. A few failures can be the fault of requests.</summary>
    private void Jobs(List<Finding> found)
    {
        const int few = 3;
        const double share = 0.2;
        var models = ends.ByModel();
        var failing = models.Where(model => model.Failed >= few && model.Failed >= share * (model.Completed + model.Failed));
        var before = found.Count;
        found.AddRange(failing.Select(model => Finding.Warning(
            "jobs", $"{model.Model}: {model.Failed} of {model.Completed + model.Failed} jobs failed in the last hour.",
            "Open the failed jobs in the console; their pages show the error and what the engine printed.")));
        if (found.Count > before) return;
        var (all, failed) = (models.Sum(model => model.Completed + model.Failed), models.Sum(model => model.Failed));
        found.Add(Finding.Ok("jobs", all == 0
            ? "No job ended in the last hour." : $"{failed} of {all} jobs failed in the last hour."));
    }

    private async Task<Finding> PublicAsync(CancellationToken cancel)
    {
        if (options.PublicUrl is null)
            return Finding.Ok(
                "public_url", $"Not set. URLs use the address of each client's request; URLs in webhooks use {origin.Own}.");
        var answer = await Visitor.GetStringAsync(new Uri(options.PublicUrl.TrimEnd('/') + "/health/live"), cancel);
        return answer.Trim() == "live"
            ? Finding.Ok("public_url", $"{options.PublicUrl} points to this gateway.")
            : Finding.Error("public_url", $"Another server responds at {options.PublicUrl}.", Cure("public_url"));
    }

    private async Task<Finding> ReachAsync(string? reach, CancellationToken cancel)
    {
        if (reach is null)
            return Finding.Ok("callbacks", "Not tested. To test it, set --reach to the URL of a webhook receiver.");
        if (!OutboundUrl.TryParse(reach, out var url, out var bad))
            return Finding.Error("callbacks", bad.Reason, "Use a URL such as https://client.example.com/done.");
        using var request = new HttpRequestMessage(HttpMethod.Head, url.Uri);
        switch (await outbound.SendAsync(url, request, cancel))
        {
            case OutboundAnswer.Answered { Response: var response }:
                using (response)
                    return Finding.Ok("callbacks", $"{url.Uri.Host} responds with HTTP status {(int)response.StatusCode}.");
            case OutboundAnswer.NotReached { Why: var rejected }:
                return Finding.Error("callbacks", rejected.Reason, rejected.Code == RejectedCode.AddressNotAllowed
                    ? "Private addresses are rejected unless their network is in fetch-allow (docs/operate/security.md)."
                    : "Check the outgoing firewall and DNS. Webhooks and input URLs do not use a proxy.");
            default:
                throw new InvalidOperationException("unexpected result of a test request");
        }
    }
}
