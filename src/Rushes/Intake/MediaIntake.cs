using System.Diagnostics;
using System.Text.Json;
using Rushes.Catalog;
using Rushes.Files;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Outbound;

namespace Rushes.Intake;

/// <summary>
/// Gets a request's pictures, sounds and clips, as base64, from a URL or from our own store, checks each, makes their plain
/// form, and stores them after all checks have passed. Its limits apply to all media of a request together.
/// </summary>
/// <param name="folder">The folder for files that are being fetched.</param>
internal sealed class MediaIntake(
    CatalogLimits limits, PlanLimits plans, Inspector inspector, Fetcher fetcher, IFileStore files, string folder,
    TimeProvider clock)
{
    private static readonly IReadOnlyList<MediaKind> AnyKind = Enum.GetValues<MediaKind>();

    /// <summary>Disposing deletes the fetched files that were not stored.</summary>
    public async Task<GatheredMedia> GatherAsync(JobRequest request, RequestFields fields, CancellationToken cancel)
    {
        var gathered = new GatheredMedia(new FetchLimits().Time, inspector.NewTime());
        var sent = MediaFields(request, fields).ToList();
        if (sent.Count > limits.MediaPerRequest)
        {
            var name = sent[limits.MediaPerRequest].Name;
            gathered.Problem = new Problem(
                ProblemKind.TooLarge, $"{name} is one too many: a body may hold {limits.MediaPerRequest} media values.", name);
            return gathered;
        }
        try
        {
            foreach (var field in sent)
            {
                gathered.Problem = await GatherAsync(request, fields, field, gathered, cancel);
                if (gathered.Problem is not null) break;
            }
            return gathered;
        }
        catch
        {
            gathered.Dispose();
            throw;
        }
    }

    /// <param name="set">The prefix of all keys; see <see cref="InputKey"/>.</param>
    public async Task<Dictionary<string, FileUri>> StoreAsync(
        int account, string? set, GatheredMedia media, CancellationToken cancel)
    {
        var stored = new Dictionary<string, FileUri>();
        foreach (var (index, fields) in media.All.GroupBy(medium => medium.File).Index())
        {
            var first = fields.First();
            var type = first.Facts.Type;
            var key = InputKey.Of(account, clock.GetUtcNow(), set!, index + 1, type.Extension);
            using (JobTrace.Step("store")?.SetTag("rushes.field", first.Name))
                await files.PutAsync(key, first.File, type.ContentType, cancel);
            foreach (var field in fields) stored[field.Name] = new FileUri(files.Bucket, key);
        }
        return stored;
    }

    /// <summary>The fields with media in any form, including fields that are not in the catalog.</summary>
    private static IEnumerable<MediaFieldSent> MediaFields(JobRequest request, RequestFields fields)
    {
        foreach (var field in request.Fields.EnumerateObject())
        {
            if (field.Value.ValueKind != JsonValueKind.String) continue;
            var name = field.Name;
            var parameter = fields.Named(name) ?? request.Model.Family.Parameters.FirstOrDefault(own => own.Name == name);
            if (parameter?.Type == ParameterType.Media || MediaField.IsMedia(name))
                yield return new MediaFieldSent(name, field.Value, parameter?.Media is { Count: > 0 } kinds ? kinds : AnyKind);
        }
    }

    /// <returns>The reason for rejecting it; null if it is accepted.</returns>
    private async Task<Problem?> GatherAsync(
        JobRequest request, RequestFields fields, MediaFieldSent field, GatheredMedia gathered, CancellationToken cancel)
    {
        var received = request.Media.FirstOrDefault(sent => field.Value.ValueEquals(sent.Token));
        var source = received is null ? field.Value.GetString()! : Convert.ToHexString(received.Sha256);
        if (!gathered.Files.TryGetValue(source, out var file))
        {
            file = received?.File ?? gathered.NewFile(new Folder(folder));
            if (received is null
                && await FetchAsync(request.Account, field.Name, source, file, gathered, cancel) is { } unreachable)
                return unreachable;
            gathered.Files[source] = file;
            gathered.Bytes += new FileInfo(file).Length;
            if (plans.CheckInputBytes(request.Account, gathered.Bytes, field.Name) is { } tooMuch) return tooMuch;
        }

        using var span = JobTrace.Step("inspect")?.SetTag("rushes.field", field.Name);
        if (gathered.FactsOf(file) is not { } facts || !field.Kinds.Contains(facts.Type.Kind))
        {
            var plain = gathered.NewFile(new Folder(folder));
            switch (await inspector.InspectAsync(request.Account, file, plain, field.Kinds, gathered.Decoding, cancel))
            {
                case Inspection.Rejected rejected: return new Problem(
                    ProblemKind.BadMedia, $"{field.Name} {rejected.Reason}", field.Name);
                case Inspection.Accepted accepted:
                    facts = accepted.Facts;
                    if (accepted.IsRewritten) gathered.Files[source] = file = plain;
                    break;
                default: return Problem.InspectionBusy;
            }
        }
        gathered.Add(new InputMedium(field.Name, fields.CanonicalOf(field.Name), file, facts));
        return null;
    }

    private async Task<Problem?> FetchAsync(
        int account, string field, string link, string file, GatheredMedia gathered, CancellationToken cancel)
    {
        using var span = JobTrace.Step("fetch", ActivityKind.Client)?.SetTag("rushes.field", field);
        var left = plans.InputBytesLeft(account, gathered.Bytes);
        var most = Math.Min(limits.MediaBytes, left);
        if (OwnKey(account, link) is { } key)
            return await CopyOwnAsync(key, file, Math.Min(limits.UploadBytes, left), cancel)
                ? null
                : new Problem(
                    ProblemKind.BadMedia, $"{field} is a link to a file that is no longer stored, or is too large", field);
        if (FileUri.Parse(link) is not null)
            return new Problem(ProblemKind.BadMedia, $"{field} is not the address of a file of this account", field);

        var began = clock.GetTimestamp();
        var result = await fetcher.FetchAsync(link, file, new FetchLimits { MaxBytes = most, Time = gathered.FetchTime }, cancel);
        gathered.FetchTime -= clock.GetElapsedTime(began);
        if (result is not Rejected rejected) return null;
        span.Fail(rejected.Code);
        if (rejected.Code == RejectedCode.TooLarge && most < limits.MediaBytes)
            return plans.CheckInputBytes(account, gathered.Bytes + most + 1, field);
        return new Problem(
            rejected.Code == RejectedCode.TooLarge ? ProblemKind.TooLarge : ProblemKind.BadMedia, $"{field}: {rejected.Reason}",
            field);
    }

    /// <summary>A file in our store, by a signed URL or by its owner's <c>s3://</c> address.</summary>
    private string? OwnKey(int account, string link)
    {
        if (FileUri.Parse(link) is { } uri)
            return uri.Bucket == files.Bucket && FileOwner.Owns(account, uri.Key) ? uri.Key : null;
        return Uri.TryCreate(link, UriKind.Absolute, out var address) ? files.KeyOf(address) : null;
    }

    private async Task<bool> CopyOwnAsync(string key, string path, long most, CancellationToken cancel)
    {
        if (await files.FindAsync(key, cancel) is not { } found || found.Bytes > most) return false;
        await using var content = await files.OpenAsync(key, cancel);
        if (content is null) return false;
        await using var copy = File.Create(path);
        await content.CopyToAsync(copy, cancel);
        return true;
    }

    private sealed record MediaFieldSent(string Name, JsonElement Value, IReadOnlyList<MediaKind> Kinds);
}
