using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Rushes.Catalog;
using Rushes.Intake;
using Rushes.Server.Callbacks;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Console;

internal sealed record ConsoleError(string Error, string? Field, string Code);

internal sealed record AccountName(int Id, string Name);

/// <param name="Currency">Null if the account's plan is free.</param>
internal sealed record SessionBody(
    AccountName Account, string Key, IReadOnlyList<string> Scopes, string Plan, string? Currency, string Version);

/// <summary>Data that is included in the page.</summary>
/// <param name="Session">Null if the user is not signed in.</param>
/// <param name="Catalog">Only on the playground.</param>
/// <param name="Provider">The name of the identity provider; null if there is none.</param>
internal sealed record StartBody(SessionBody? Session, CatalogBody? Catalog, string? Provider);

/// <param name="Url">Where to sign out at the identity provider too.</param>
internal sealed record SignedOutBody(string Url);

internal sealed record CatalogBody(
    IReadOnlyList<LaneTitle> Lanes, IReadOnlyList<ModelBody> Models, long MediaBytes, long UploadBytes);

/// <param name="Slots">The number of worker slots that can serve it now.</param>
internal sealed record LaneTitle(string Id, string Title, int Slots);

/// <param name="NotAllowed">Why the account's plan does not allow it; null if it does.</param>
internal sealed record ModelBody(
    string Id, IReadOnlyList<string> Aliases, string Title, string Kind, string Lane, string Tier, IReadOnlyList<string> Sizes,
    IReadOnlyList<int> Heights,
    IReadOnlyDictionary<int, double> MaxSeconds, IReadOnlyList<ParameterBody> Parameters, string? Licence, string? Note,
    string? NotAllowed)
{
    public static ModelBody Of(Model model, string? notAllowed) => new(
        model.Id, model.Aliases, model.Family.Title, model.Kind.Name, model.Lane, model.Tier.Name,
        [.. model.Family.Sizes.Select(size => size.ToString())],
        model.Family.Heights, model.Family.MaxSeconds, [.. model.Family.Parameters.Select(ParameterBody.Of)],
        model.Family.Licence, model.Family.Note, notAllowed);
}

internal sealed record ParameterBody(
    string Name, string Type, bool Required, double? Min, double? Max, double? Step, int? MaxLength,
    IReadOnlyList<string>? Options, IReadOnlyList<string> Media,
    JsonElement? Default, string? Help)
{
    public static ParameterBody Of(Parameter parameter) => new(
        parameter.Name, parameter.Type.ToString().ToLowerInvariant(), parameter.Required, parameter.Min, parameter.Max,
        parameter.Step, parameter.MaxLength,
        parameter.Options, [.. parameter.Media.Select(kind => kind.ToString().ToLowerInvariant())], parameter.Default,
        parameter.Help);
}

/// <param name="Uri">The value to use in a field.</param>
/// <param name="Link">Shows the file for some hours.</param>
internal sealed record StoredMedia(
    string Uri, string Link, string Kind, string ContentType, long Bytes, int? Width, int? Height, double? Seconds);

internal sealed record JobName(long Id, string Uuid);

internal sealed record JobList(IReadOnlyList<JobLine> Jobs, long? Next);

internal sealed record JobLine
{
    public required long Id { get; init; }

    public required string Uuid { get; init; }

    public required AccountName Account { get; init; }

    public required string Model { get; init; }

    public required string Lane { get; init; }

    public required string State { get; init; }

    public required string Dialect { get; init; }

    public required string Prompt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The job fails if it has not ended by then.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>When the video is deleted; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public required VideoBody Video { get; init; }

    /// <summary>Null after the job has ended.</summary>
    public LiveBody? Live { get; init; }

    public bool Stopping { get; init; }

    public JobProblem? Error { get; init; }

    public decimal? Price { get; init; }

    public string? Currency { get; init; }

    public string? DraftUrl { get; init; }

    public string? VideoUrl { get; init; }

    [JsonPropertyName("picture_url")]
    public string? ImageUrl { get; init; }
}

internal sealed record VideoBody(int Width, int Height, int Frames, double Rate, double Seconds);

/// <summary>The status of a job; also the events of its stream.</summary>
/// <param name="Remaining">Seconds until the video is ready; null if that is unknown.</param>
/// <param name="Total">Seconds of the whole run.</param>
/// <param name="DraftUrl">The draft, once it is ready.</param>
internal sealed record LiveBody(
    string State, int? QueuePosition, double? Remaining, double? Total, int? Done, int? Tasks, DateTimeOffset? StartedAt,
    string? DraftUrl)
{
    /// <summary>A frame of the unfinished video as a data URL, in <c>preview</c> events of the stream.</summary>
    public string? Preview { get; init; }

    /// <summary>The engine's current stage.</summary>
    public string? Task { get; init; }

    /// <summary>No worker can run the job's model now.</summary>
    public bool Unavailable { get; init; }

    public static LiveBody Of(JobView job, string? draftUrl) => job switch
    {
        JobView.Waiting waiting => new(
            JobWords.Of(job.State), waiting.QueuePosition, Seconds(waiting.Remaining), Seconds(waiting.EstimatedTotal), null,
            null, null, draftUrl) { Unavailable = waiting.Unavailable },
        JobView.Running running => new(
            JobWords.Of(job.State), null, Seconds(running.Remaining), Seconds(running.EstimatedTotal),
            running.Progress.Done, running.Progress.Total, running.StartedAt, draftUrl) { Task = running.Stage },
        _ => new(JobWords.Of(job.State), null, null, null, null, null, (job as JobView.Ended)?.Job.StartedAt, draftUrl),
    };

    private static double? Seconds(TimeSpan? time) => time is { } known ? Math.Round(known.TotalSeconds, 1) : null;
}

internal sealed record JobDetail(
    JobLine Job, string Hex, JsonElement Input, IReadOnlyList<InputMedia> Media, IReadOnlyList<RunBody> Runs, int Attempts,
    int Interruptions,
    string? WebhookUrl, IReadOnlyList<DeliveryBody> Deliveries, ResultBody? Result, IReadOnlyList<string> Tags)
{
    /// <summary>The end of what the engine printed in the last failed run, for operators only.</summary>
    public string? EngineOutput { get; init; }
}

internal sealed record InputMedia(string Field, string Uri, string Url, string ContentType);

/// <param name="Url">Null if the file was deleted.</param>
internal sealed record ResultBody(string Uri, string? Url, long Bytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ConsoleError))]
[JsonSerializable(typeof(SessionBody))]
[JsonSerializable(typeof(StartBody))]
[JsonSerializable(typeof(SignedOutBody))]
[JsonSerializable(typeof(CatalogBody))]
[JsonSerializable(typeof(StoredMedia))]
[JsonSerializable(typeof(JobName))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(JobDetail))]
[JsonSerializable(typeof(LiveBody))]
[JsonSerializable(typeof(QueueBody))]
[JsonSerializable(typeof(WorkersBody))]
[JsonSerializable(typeof(OwnAccount))]
[JsonSerializable(typeof(Gallery))]
[JsonSerializable(typeof(TagList))]
[JsonSerializable(typeof(TagsBody))]
[JsonSerializable(typeof(ShareBody))]
[JsonSerializable(typeof(ShareLink))]
[JsonSerializable(typeof(PresetList))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class ConsoleJson : JsonSerializerContext;

internal static class ConsoleWire
{
    public static readonly ConsoleJson Json = new(
        new JsonSerializerOptions(WireOptions.New()) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower });

    /// <summary>For streams and for embedding in a page.</summary>
    public static readonly ConsoleJson Ascii = new(
        new JsonSerializerOptions(WireOptions.NewAscii()) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower });
}
