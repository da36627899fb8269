using System.Diagnostics;
using System.Reflection;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Files;
using Rushes.Jobs;
using Rushes.Outbound;
using Rushes.Server.Dialects;
using Rushes.Server.Settings;
using Rushes.Server.WorkerApi;
using Rushes.Work;

namespace Rushes.Server.Health;

/// <summary>Looks at everything a running gateway needs, and says what to do about each finding. It changes nothing that stays.</summary>
internal sealed class GatewayChecks(
    IDatabase database, IFileStore files, WorkerRoster roster, Backlog backlog, Drains drains, ModelCatalog catalog, OutboundHttp outbound,
    Origin origin, GatewayOptions options, DataFolder data, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private static readonly string Version = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3);

    /// <summary>Follows links as a client would: a proxy of the environment counts.</summary>
    private static readonly HttpClient Visitor = new() { Timeout = TimeSpan.FromSeconds(15) };

    /// <param name="reach">An address that callbacks and links should get to; null: that is not tried.</param>
    public async Task<IReadOnlyList<Finding>> RunAsync(string? reach, CancellationToken cancel)
    {
        var found = new List<Finding>();
        await TryAsync("ffmpeg", async limit => found.Add(await MachineChecks.FfmpegAsync(limit)));
        await TryAsync("disk", limit => Task.Run(() => found.Add(MachineChecks.Disk(data.Path)), limit));
        await TryAsync("database", async limit => found.Add(await DatabaseAsync(limit)));
        await TryAsync("storage", async limit => await StorageAsync(found, limit));
        Workers(found);
        Models(found);
        Lanes(found);
        await TryAsync("public_url", async limit => found.Add(await PublicAsync(limit)));
        await TryAsync("callbacks", async limit => found.Add(await ReachAsync(reach, limit)));
        return found;

        async Task TryAsync(string check, Func<CancellationToken, Task> look)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(Patience);
            try
            {
                await look(limit.Token);
            }
            catch (Exception error) when (!cancel.IsCancellationRequested)
            {
                var why = error is OperationCanceledException ? $"no answer within {Patience.TotalSeconds:0} seconds" : error.Message.TrimEnd('.');
                found.Add(Finding.Error(check, $"It does not work: {why}.", Cure(check)));
            }
        }
    }

    private static string Cure(string check) => check switch
    {
        "database" => "Look whether its disk is full or its server is away; requests are refused until it works.",
        "storage" => "Look whether the disk is full, the folder is this user's, or the bucket's address and keys are right; see docs/operate/storage.md.",
        "public_url" => "From here the setting public-url does not lead to this gateway: look at the name, the certificate and the proxy before it.",
        _ => "Look at the gateway's log.",
    };

    private async Task<Finding> DatabaseAsync(CancellationToken cancel)
    {
        var watch = Stopwatch.GetTimestamp();
        // Of no job: it goes all the way to a commit and changes nothing.
        await database.RenewAsync(0, 0, clock.GetUtcNow(), new Progress(0, 0), cancel);
        await database.FindAsync(0, cancel);
        var took = Stopwatch.GetElapsedTime(watch).TotalMilliseconds;
        return took > 1000
            ? Finding.Warning("database", $"It reads and commits, but takes {took:0} ms.", "Look what else uses its disk.")
            : Finding.Ok("database", $"It reads and commits, in {took:0} ms.");
    }

    /// <summary>A file's whole life: put, found, read, linked to, deleted. Its time is the store's own, and tells the clocks apart.</summary>
    private async Task StorageAsync(List<Finding> found, CancellationToken cancel)
    {
        var word = Guid.NewGuid().ToString("n");
        var (key, path) = (CheckKey.New(), new Folder(data.Incoming).File(word));
        try
        {
            await File.WriteAllTextAsync(path, word, cancel);
            var stored = await files.PutAsync(key, path, "text/plain", cancel);
            var now = clock.GetUtcNow();
            await using (var content = await files.OpenAsync(key, cancel) ?? throw new IOException("what was written is not found"))
            using (var reader = new StreamReader(content))
                if (await reader.ReadToEndAsync(cancel) != word) throw new IOException("what was written is read as something else");
            found.Add(await LinkAsync(key, word, cancel));
            await files.DeleteAsync(key, cancel);
            if (await files.FindAsync(key, cancel) is not null) throw new IOException("what was deleted is still there");
            found.Add(Finding.Ok("storage", $"Files are written, read and deleted in {files.Bucket}."));

            var off = (stored.ModifiedAt - now).Duration();
            found.Add(off > Skew
                ? Finding.Error("clock", $"This machine's clock and the store's are {off.TotalSeconds:0} seconds apart.", "Set the clock by NTP: links are good for a time, and stores refuse what is signed in another.")
                : Finding.Ok("clock", $"It is {now:yyyy-MM-dd HH:mm:ss} UTC here, and where files are kept."));
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
                ? Finding.Ok("links", $"A signed link to a file works, at {where}.")
                : Finding.Error("links", $"A signed link at {where} brings something else than the file.", "Another server answers there: look at public-url, or at the proxy before the gateway.");
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return Finding.Error("links", $"A signed link at {where} does not work from here: {error.Message.TrimEnd('.')}.", "Clients and remote workers follow such links: set public-url to what they reach the gateway by, and let the proxy pass the host on.");
        }
    }

    private const string Wanted = "Mend that where the engine runs; the worker notices within a minute, without a restart (docs/operate/comfyui.md).";

    private void Workers(List<Finding> found)
    {
        var all = roster.All;
        if (all.Count == 0)
            found.Add(Finding.Error("engines", "Nobody makes videos: no worker is here, and none elsewhere was heard of lately.", "Start `rushes worker` on a machine with a GPU, or this gateway with --workers 1."));
        foreach (var worker in all)
        {
            var (offer, name) = (worker.Offer, worker.Offer.Worker);
            if (offer.Models.Count == 0 && offer.Wants.Count == 0)
                found.Add(Finding.Error("engines", $"{name}: its engine {offer.Engine} can make nothing now.", "Look whether the engine runs and has its models: the log of whoever runs the worker says what is missing."));
            else if (offer.Models.Count == 0)
                found.AddRange(offer.Wants.Select(want => Finding.Error("engines", $"{name}: {offer.Engine} can make nothing: {want}.", Wanted)));
            else if (drains.IsDrained(name))
                found.Add(Finding.Warning("engines", $"{name}: it is drained, and takes no jobs.", "Resume it in the console when it may."));
            else if (offer.Version is { } version && version != Version)
                found.Add(Finding.Warning("engines", $"{name}: it is version {version}, this gateway {Version}.", "Bring both to the same release."));
            else
                found.Add(Finding.Ok("engines", $"{name}: {offer.Engine}{(offer.Gpu is { } gpu ? $" on {gpu.Name}" : "")}, {offer.Models.Count} models."));
            // One whose engine makes some models may want for others.
            if (offer.Models.Count > 0) found.AddRange(offer.Wants.Select(want => Finding.Warning("engines", $"{name}: {offer.Engine}: {want}.", Wanted)));
        }
    }

    private void Models(List<Finding> found)
    {
        var made = roster.All.SelectMany(worker => worker.Offer.Models).ToHashSet();
        var idle = catalog.Models.Where(model => !made.Contains(model.Id)).Select(model => model.Family.Name).Distinct().ToList();
        found.Add(idle.Count > 0
            ? Finding.Warning("models", $"No worker makes {string.Join(", ", idle)}: requests for them wait.", "Give a worker an engine that has them, or take them out of the catalog (docs/operate/catalog.md).")
            : Finding.Ok("models", $"All {catalog.Models.Count} are made by a worker."));
    }

    private void Lanes(List<Finding> found)
    {
        var paused = catalog.Lanes.Where(lane => backlog.IsPaused(lane.Key)).ToList();
        foreach (var (lane, title) in paused)
            found.Add(Finding.Warning("lanes", $"{title} is paused: {backlog.Counts(lane).Queued} of its jobs wait.", "Resume it in the console when it may go on."));
        if (paused.Count == 0) found.Add(Finding.Ok("lanes", $"None of the {catalog.Lanes.Count} is paused."));
    }

    private async Task<Finding> PublicAsync(CancellationToken cancel)
    {
        if (options.PublicUrl is null) return Finding.Ok("public_url", $"It is not set: links begin with the address each client used, callbacks with {origin.Own}.");
        var answer = await Visitor.GetStringAsync(new Uri(options.PublicUrl.TrimEnd('/') + "/health/live"), cancel);
        return answer.Trim() == "live"
            ? Finding.Ok("public_url", $"{options.PublicUrl} leads here.")
            : Finding.Error("public_url", $"At {options.PublicUrl} something else answers.", Cure("public_url"));
    }

    private async Task<Finding> ReachAsync(string? reach, CancellationToken cancel)
    {
        if (reach is null) return Finding.Ok("callbacks", "Whether they get out was not tried: name an address of a client's with --reach.");
        if (!OutboundUrl.TryParse(reach, out var url, out var bad)) return Finding.Error("callbacks", bad.Reason, "Name an address such as https://client.example.com/done.");
        using var request = new HttpRequestMessage(HttpMethod.Head, url.Uri);
        switch (await outbound.SendAsync(url, request, cancel))
        {
            case OutboundAnswer.Answered { Response: var response }:
                using (response) return Finding.Ok("callbacks", $"{url.Uri.Host} answers {(int)response.StatusCode}.");
            case OutboundAnswer.NotReached { Why: var refused }:
                return Finding.Error("callbacks", refused.Reason, refused.Code == RefusedCode.AddressNotAllowed
                    ? "Private addresses are refused unless fetch-allow names their network (docs/operate/security.md)."
                    : "Look at the firewall on the way out and at name resolution; a proxy is not used for callbacks and links.");
            default:
                throw new InvalidOperationException("an address answers or is not reached");
        }
    }
}
