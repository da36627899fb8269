using System.Diagnostics;
using System.Text.Json;
using Rushes.Catalog;
using Rushes.Files;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Outbound;

namespace Rushes.Intake;

/// <summary>
/// Gets a request's pictures, sounds and clips: sent along as base64, fetched from a link, or lying in our own store; looks
/// at each, and stores them once nothing can be refused any more.
/// </summary>
/// <param name="folder">For files being fetched.</param>
internal sealed class MediaIntake(CatalogLimits limits, Fetcher fetcher, IFileStore files, string folder, TimeProvider clock)
{
    private static readonly IReadOnlyList<MediaKind> AnyKind = Enum.GetValues<MediaKind>();

    private readonly MediaLimits mediaLimits = new() { MaxPixels = limits.MediaPixels, MaxSeconds = limits.MediaSeconds };
    private readonly FetchLimits fetchLimits = new() { MaxBytes = limits.MediaBytes };

    /// <summary>Fetched files are deleted with the answer unless they were stored.</summary>
    public async Task<GatheredMedia> GatherAsync(JobRequest request, RequestFields fields, CancellationToken cancel)
    {
        var gathered = new GatheredMedia();
        foreach (var field in request.Fields.EnumerateObject())
        {
            if (field.Value.ValueKind != JsonValueKind.String) continue;
            var name = field.Name;
            var parameter = fields.Named(name) ?? request.Model.Family.Parameters.FirstOrDefault(own => own.Name == name);
            if (parameter?.Type != ParameterType.Media && !MediaField.IsMedia(name)) continue;

            var file = request.Media.FirstOrDefault(sent => field.Value.ValueEquals(sent.Token))?.File
                ?? await FetchAsync(request.Account, name, field.Value.GetString()!, gathered, cancel);
            if (gathered.Problem is not null) return gathered;

            using var span = JobTrace.Step("inspect")?.SetTag("rushes.field", name);
            switch (await Inspection.InspectAsync(file!, parameter?.Media is { Count: > 0 } kinds ? kinds : AnyKind, mediaLimits, cancel))
            {
                case Inspection.Refused refused:
                    gathered.Problem = new Problem(ProblemKind.BadMedia, $"{name} {refused.Reason}", name);
                    return gathered;
                case Inspection.Accepted accepted:
                    gathered.Add(new InputMedium(name, fields.CanonicalOf(name), file!, accepted.Facts));
                    break;
            }
        }
        return gathered;
    }

    /// <param name="set">What the keys of all of them begin with; see <see cref="InputKey"/>.</param>
    public async Task<Dictionary<string, FileUri>> StoreAsync(int account, string? set, GatheredMedia media, CancellationToken cancel)
    {
        var stored = new Dictionary<string, FileUri>();
        foreach (var medium in media.All)
        {
            var key = InputKey.Of(account, clock.GetUtcNow(), set!, stored.Count + 1, medium.Facts.Type.Extension);
            using (JobTrace.Step("store")?.SetTag("rushes.field", medium.Name)) await files.PutAsync(key, medium.File, medium.Facts.Type.ContentType, cancel);
            stored[medium.Name] = new FileUri(files.Bucket, key);
        }
        return stored;
    }

    private async Task<string?> FetchAsync(int account, string field, string link, GatheredMedia gathered, CancellationToken cancel)
    {
        using var span = JobTrace.Step("fetch", ActivityKind.Client)?.SetTag("rushes.field", field);
        var path = new Folder(folder).NewFile();
        gathered.Fetched.Add(path);
        if (OwnKey(account, link) is { } key)
        {
            if (await CopyOwnAsync(key, path, cancel)) return path;
            gathered.Problem = new Problem(ProblemKind.BadMedia, $"{field} is a link to a file that is no longer stored, or is too large", field);
            return null;
        }
        if (FileUri.Parse(link) is not null)
        {
            gathered.Problem = new Problem(ProblemKind.BadMedia, $"{field} is not the address of a file of this account", field);
            return null;
        }
        if (await fetcher.FetchAsync(link, path, fetchLimits, cancel) is not Refused refused) return path;
        span.Fail(refused.Code);
        gathered.Problem = new Problem(
            refused.Code == RefusedCode.TooLarge ? ProblemKind.TooLarge : ProblemKind.BadMedia, $"{field}: {refused.Reason}", field);
        return null;
    }

    /// <summary>A file of our own: by a link that we signed, or by the owner's <c>s3://</c> address of it.</summary>
    private string? OwnKey(int account, string link)
    {
        if (FileUri.Parse(link) is { } uri) return uri.Bucket == files.Bucket && FileOwner.Owns(account, uri.Key) ? uri.Key : null;
        return Uri.TryCreate(link, UriKind.Absolute, out var address) ? files.KeyOf(address) : null;
    }

    private async Task<bool> CopyOwnAsync(string key, string path, CancellationToken cancel)
    {
        if (await files.FindAsync(key, cancel) is not { } found || found.Bytes > limits.MediaBytes) return false;
        await using var content = await files.OpenAsync(key, cancel);
        if (content is null) return false;
        await using var copy = File.Create(path);
        await content.CopyToAsync(copy, cancel);
        return true;
    }
}

/// <param name="Name">The field as sent.</param>
/// <param name="File">Where it lies until it is stored.</param>
internal sealed record InputMedium(string Name, string Canonical, string File, MediaFacts Facts);

internal sealed class GatheredMedia : IDisposable
{
    private readonly List<InputMedium> all = [];

    public IReadOnlyList<InputMedium> All => all;

    public Problem? Problem { get; set; }

    public List<string> Fetched { get; } = [];

    public void Add(InputMedium medium) => all.Add(medium);

    public Dictionary<string, MediaFacts> Facts() => all.ToDictionary(medium => medium.Canonical, medium => medium.Facts);

    public void Dispose()
    {
        foreach (var path in Fetched) File.Delete(path);
    }
}
