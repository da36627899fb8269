using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Rushes.Database;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Server.Auth;
using Rushes.Server.Http;

namespace Rushes.Server.Console;

/// <summary>
/// The gallery of the user's own videos: tags, presets, share links, and last frames to continue from. Operators have no access
/// to other accounts here.
/// </summary>
internal sealed class LibraryEndpoints(
    IJobLibrary library, JobDesk desk, JobLines lines, ResultImages images, IFileStore files, ShareLinks links, Origin origin,
    TimeProvider clock)
{
    private const int MaxJobs = 100, MaxTagLength = 40, MaxNameLength = 60, MaxContent = 20_000;

    private static readonly JobState[] Finished = [JobState.Completed];

    public void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder submit)
    {
        read.MapGet("/gallery", ListAsync);
        read.MapGet("/tags", TagsAsync);
        read.MapGet("/presets", PresetsAsync);
        submit.MapPut("/jobs/{id}/tags", SetTagsAsync).WithMetadata(BodyLimit.Fields);
        submit.MapPost("/jobs/{id}/share", ShareAsync).WithMetadata(BodyLimit.Fields);
        submit.MapPost("/jobs/{id}/last-frame", LastFrameAsync);
        submit.MapPut("/presets/{name}", SetPresetAsync).WithMetadata(BodyLimit.Fields);
        submit.MapDelete("/presets/{name}", DeletePresetAsync);
    }

    /// <summary>Finished videos of the user's account, the newest first.</summary>
    private async Task<IResult> ListAsync(
        HttpContext http, string? tag, long? before, int? limit, CancellationToken cancel)
    {
        if (limit is < 1 or > MaxJobs) return ConsoleErrors.BadField("limit", $"is {limit}; send 1 to {MaxJobs}");
        var (account, most) = (http.Caller().Account, limit ?? 24);
        var page = string.IsNullOrEmpty(tag)
            ? await desk.ListAsync(
                new JobFilter { Account = account, States = Finished, Before = before, Limit = most }, cancel)
            : await TaggedAsync(account, tag, before, most, cancel);
        var here = new Uri(origin.Of(http.Request));
        var shown = new List<JobLine>(page.Jobs.Count);
        foreach (var job in page.Jobs) shown.Add(await lines.OfAsync(job, here, cancel));
        var tags = await library.ReadTagsAsync([.. shown.Select(job => job.Id)], cancel);
        return TypedResults.Json(
            new Gallery([.. shown.Select(job => new GalleryItem(job, [.. tags[job.Id]]))], page.Next),
            ConsoleWire.Json.Gallery);
    }

    private async Task<JobPage> TaggedAsync(int account, string tag, long? before, int limit, CancellationToken cancel)
    {
        var ids = await library.FindTaggedAsync(account, tag, before ?? long.MaxValue, limit, cancel);
        var found = new List<Job>(ids.Count);
        foreach (var id in ids)
            if (await desk.ReadAsync(id, account, null, cancel) is { State: JobState.Completed } job) found.Add(job);
        return new JobPage(found, ids.Count == limit ? ids[^1] : null);
    }

    private async Task<IResult> TagsAsync(HttpContext http, CancellationToken cancel) => TypedResults.Json(
        new TagList(await library.ReadTagCountsAsync(http.Caller().Account, cancel)), ConsoleWire.Json.TagList);

    private async Task<IResult> SetTagsAsync(HttpContext http, string id, CancellationToken cancel)
    {
        if (await OwnAsync(http, id, cancel) is not { } job) return Unknown(id);
        var (body, rejection) = await ReadAsync(http, ConsoleWire.Json.TagsBody, cancel);
        if (body is null) return rejection!;
        if (body.Tags is null || body.Tags.Count > IJobLibrary.MaxTags)
            return ConsoleErrors.BadField("tags", $"is missing or has more than {IJobLibrary.MaxTags} tags");
        if (!body.Tags.All(tag => IsName(tag, MaxTagLength)))
            return ConsoleErrors.BadField("tags", $"has a tag that is not a line of 1 to {MaxTagLength} characters");
        return await library.SetTagsAsync(job.Id, job.Account, [.. body.Tags.Select(tag => tag.Trim())], cancel)
            ? TypedResults.NoContent()
            : Unknown(id);
    }

    private async Task<IResult> ShareAsync(HttpContext http, string id, CancellationToken cancel)
    {
        if (await OwnAsync(http, id, cancel) is not { ResultKey: not null } job) return Unknown(id);
        var (body, rejection) = await ReadAsync(http, ConsoleWire.Json.ShareBody, cancel);
        if (body is null) return rejection!;
        if (!(body.Hours >= 1 && body.Hours <= ShareLinks.MaxLifetime.TotalHours))
            return ConsoleErrors.BadField("hours", $"is missing or not from 1 to {ShareLinks.MaxLifetime.TotalHours}");
        var until = clock.GetUtcNow() + TimeSpan.FromHours(body.Hours.Value);
        return TypedResults.Json(
            new ShareLink($"{origin.Of(http.Request)}{ShareLinks.Path}{links.TokenOf(job.Id, until)}", until),
            ConsoleWire.Json.ShareLink);
    }

    /// <summary>Makes the last frame an image that other jobs can start with.</summary>
    private async Task<IResult> LastFrameAsync(HttpContext http, string id, CancellationToken cancel)
    {
        if (await OwnAsync(http, id, cancel) is not { ResultKey: not null } job) return Unknown(id);
        var (key, problem) = await images.FindAsync(job, ResultImage.LastFrame, cancel);
        if (problem is not null) return ConsoleErrors.Of(http, problem);
        if (key is null || await files.FindAsync(key, cancel) is not { } file) return Unknown(id);
        var video = job.Plan.Delivery;
        var link = files.Presign(HttpMethods.Get, key, JobLines.LinkLife, new Uri(origin.Of(http.Request)));
        return TypedResults.Json(
            new StoredMedia(
                new FileUri(files.Bucket, key).ToString(), link.AbsoluteUri, "picture", FileKey.ContentTypeOf(key), file.Bytes,
                video.Width, video.Height, null),
            ConsoleWire.Json.StoredMedia);
    }

    private async Task<IResult> PresetsAsync(HttpContext http, CancellationToken cancel)
    {
        var presets = await library.ReadPresetsAsync(http.Caller().Account, cancel);
        return TypedResults.Json(
            new PresetList([.. presets.Select(preset => new PresetBody(preset.Name, JsonElement.Parse(preset.Content)))]),
            ConsoleWire.Json.PresetList);
    }

    private async Task<IResult> SetPresetAsync(HttpContext http, string name, CancellationToken cancel)
    {
        if (!IsName(name, MaxNameLength))
            return ConsoleErrors.BadField("name", $"is not a line of 1 to {MaxNameLength} characters");
        var (body, rejection) = await ReadAsync(http, ConsoleWire.Json.JsonObject, cancel);
        if (body is null) return rejection!;
        if (TextOf(body) is not { } content)
            return ConsoleErrors.BadField("preset", "escapes half of a surrogate pair (\\uD800 to \\uDFFF must come in twos)");
        if (content.Length > MaxContent)
            return ConsoleErrors.BadField("preset", $"has {content.Length} characters; at most {MaxContent} are allowed");
        return await library.SetPresetAsync(http.Caller().Account, new Preset(name.Trim(), content), cancel)
            ? TypedResults.NoContent()
            : ConsoleErrors.Conflict(
                "too_many_presets", $"The account has {IJobLibrary.MaxPresets} presets, the maximum; delete one first.");
    }

    private async Task<IResult> DeletePresetAsync(HttpContext http, string name, CancellationToken cancel) =>
        await library.DeletePresetAsync(http.Caller().Account, name, cancel)
            ? TypedResults.NoContent()
            : ConsoleErrors.NotFound($"preset \"{name}\"");

    /// <summary>A job of the user's own account; also operators get no other.</summary>
    private async Task<Job?> OwnAsync(HttpContext http, string id, CancellationToken cancel) =>
        desk.NumberOf(id) is { } number ? await desk.ReadAsync(number, http.Caller().Account, null, cancel) : null;

    /// <summary>Null if it cannot be written, because the parser accepts half of an escaped surrogate pair.</summary>
    private static string? TextOf(JsonObject body)
    {
        try
        {
            return body.ToJsonString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static IResult Unknown(string id) => ConsoleErrors.NotFound($"job \"{id}\", or it has no video");

    private static bool IsName(string? text, int most) =>
        text?.Trim() is { Length: > 0 } trimmed && trimmed.Length <= most && !trimmed.Any(char.IsControl);

    private static async Task<(T? Body, IResult? Rejection)> ReadAsync<T>(
        HttpContext http, JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class
    {
        return await JsonBody.ReadAsync(http.Request, type, cancel) is { } body
            ? (body, null)
            : (null, ConsoleErrors.BadField("body", "is not the JSON object of this call"));
    }
}

internal sealed record Gallery(IReadOnlyList<GalleryItem> Items, long? Next);

internal sealed record GalleryItem(JobLine Job, IReadOnlyList<string> Tags);

internal sealed record TagList(IReadOnlyList<TagCount> Tags);

internal sealed record TagsBody(IReadOnlyList<string>? Tags);

/// <param name="Hours">From now.</param>
internal sealed record ShareBody(double? Hours);

internal sealed record ShareLink(string Url, DateTimeOffset ExpiresAt);

internal sealed record PresetList(IReadOnlyList<PresetBody> Presets);

internal sealed record PresetBody(string Name, JsonElement Content);
