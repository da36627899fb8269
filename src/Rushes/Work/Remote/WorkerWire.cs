using System.Text.Json.Serialization;
using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Work.Remote;

/// <summary>The offer of a remote worker, sent with every claim; without models while its engine can take no job.</summary>
/// <param name="Name">Its own name, <c>host/slot</c>. The gateway distinguishes workers with different keys.</param>
/// <param name="Version">Of its program.</param>
/// <param name="Engine">Such as <c>comfyui</c>.</param>
/// <param name="Models">Ids of the models that it can run now.</param>
/// <param name="Loaded">The model that its engine has in memory; null if it has none or it does not matter.</param>
/// <param name="Gpu">The name from its driver; null without a GPU.</param>
/// <param name="GpuMegabytes">The GPU's memory; null without a GPU.</param>
/// <param name="Wants">What keeps it from running more models.</param>
/// <param name="Parts">The parts of its engine, healthy or not.</param>
/// <param name="LimitedFields">Fields of requests that its engine does not carry out, or not always.</param>
/// <param name="Advice">Settings of its engine that the operator should change.</param>
/// <param name="Enlarges">Those of its models whose results it can make larger with their upscaler.</param>
/// <param name="LoadedLora">The LoRA that the loaded model is changed with; null if with none.</param>
public sealed record WorkerOffer(
    string Name, string Version, string Engine, IReadOnlyList<string> Models, string? Loaded = null, string? Gpu = null,
    long? GpuMegabytes = null,
    IReadOnlyList<string>? Wants = null, IReadOnlyList<PartHealth>? Parts = null,
    IReadOnlyList<LimitedField>? LimitedFields = null, IReadOnlyList<string>? Advice = null,
    IReadOnlyList<string>? Enlarges = null, string? LoadedLora = null)
{
    public static WorkerOffer Of(ClaimOffer offer, string version) =>
        new(
            offer.Worker, version, offer.Engine, offer.Models, offer.Loaded, offer.Gpu?.Name, offer.Gpu?.Megabytes, offer.Wants,
            offer.Parts, offer.LimitedFields, offer.Advice, offer.Enlarges, offer.LoadedLora);
}

/// <summary>A lease and everything that the run needs except the input files, which are fetched one by one.</summary>
/// <param name="Seconds">How long the lease lasts after the last heartbeat.</param>
/// <param name="Limit">The time limit of the run, if the gateway's catalog has one.</param>
/// <param name="Trace">The parent of the run's spans, as a W3C <c>traceparent</c>; null: not traced.</param>
public sealed record Assignment(
    long Job, string Model, string Input, RenderPlan Plan, long Fence, double Seconds, RunTimeLimit? Limit = null,
    string? Trace = null);

/// <param name="Stage">The current step of the engine.</param>
/// <param name="Preview">A JPEG preview of the unfinished video, if there is a new one.</param>
public sealed record Heartbeat(int Done, int Total, byte[]? Preview = null, string? Stage = null);

public sealed record HeartbeatAnswer(LeaseAnswer Answer);

/// <param name="Outcome"><c>failed</c>, <c>engine_fault</c>, <c>engine_not_reached</c>, <c>stopped</c> or <c>returned</c>; the
/// other fields have the reason.</param>
/// <param name="Output">The end of what the engine printed, if the run failed.</param>
public sealed record Ending(
    string Outcome, string? Code = null, string? Message = null, bool Retryable = false, string? Output = null);

/// <param name="Kept">False: the lease was lost; discard the result.</param>
/// <param name="Rejected">Why the delivered file was rejected, which failed the run; null if it was accepted.</param>
public sealed record EndingAnswer(bool Kept, [property: JsonPropertyName("refused")] string? Rejected = null);

/// <summary>An error response of the gateway.</summary>
public sealed record WorkerError(string Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(WorkerOffer))]
[JsonSerializable(typeof(Assignment))]
[JsonSerializable(typeof(Heartbeat))]
[JsonSerializable(typeof(HeartbeatAnswer))]
[JsonSerializable(typeof(Ending))]
[JsonSerializable(typeof(EndingAnswer))]
[JsonSerializable(typeof(WorkerError))]
public sealed partial class WorkerJson : JsonSerializerContext;

public static class WorkerProtocol
{
    /// <summary>Sent with every call; a gateway rejects versions that it does not support.</summary>
    public const string Header = "X-Rushes-Worker-Protocol";

    public const string Version = "2";

    /// <summary>Sent with a video, as in RFC 9530.</summary>
    public const string DigestHeader = "Content-Digest";

    /// <summary>
    /// The path of a call about a lease. It identifies the lease; only the key and worker that took it are admitted.
    /// </summary>
    /// <param name="call"><c>heartbeat</c>, <c>input</c>, <c>video</c> or <c>end</c>.</param>
    public static string PathOf(Lease lease, string call) =>
        $"worker/jobs/{lease.Job.Id}/{call}?fence={lease.Fence}&worker={Uri.EscapeDataString(lease.Worker)}";

    public static string DigestOf(byte[] sha256) => $"sha-256=:{Convert.ToBase64String(sha256)}:";

    /// <summary>Null if the header has no SHA-256.</summary>
    public static byte[]? ReadDigest(string? header)
    {
        const string start = "sha-256=:";
        if (header is null || !header.StartsWith(start, StringComparison.OrdinalIgnoreCase) || !header.EndsWith(':')) return null;
        var sha256 = new byte[32];
        return Convert.TryFromBase64String(header[start.Length..^1], sha256, out var bytes) && bytes == sha256.Length
            ? sha256
            : null;
    }
}
