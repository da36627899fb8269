using System.Text.Json.Serialization;
using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Work.Remote;

/// <summary>What a remote worker says of itself with every claim; without models while its engine can take no job.</summary>
/// <param name="Name">Its own name, <c>host/slot</c>. The gateway keeps apart workers of different keys.</param>
/// <param name="Version">Of its program.</param>
/// <param name="Engine">Such as <c>comfyui</c>.</param>
/// <param name="Models">Model ids that it can make now.</param>
/// <param name="Loaded">The model that its engine holds in memory; null when that means nothing to it.</param>
/// <param name="Gpu">As its driver names it; null without one.</param>
/// <param name="GpuMegabytes">Memory of it; null without one.</param>
/// <param name="Wants">What keeps it from making more, a clause each.</param>
/// <param name="Parts">The parts of its engine, healthy or not.</param>
/// <param name="LimitedFields">Fields of requests that its engine does not carry out, or not always.</param>
public sealed record WorkerCard(
    string Name, string Version, string Engine, IReadOnlyList<string> Models, string? Loaded = null, string? Gpu = null,
    long? GpuMegabytes = null,
    IReadOnlyList<string>? Wants = null, IReadOnlyList<PartHealth>? Parts = null,
    IReadOnlyList<LimitedField>? LimitedFields = null)
{
    public static WorkerCard Of(ClaimOffer offer, string version) =>
        new(
            offer.Worker, version, offer.Engine, offer.Models, offer.Loaded, offer.Gpu?.Name, offer.Gpu?.Megabytes, offer.Wants,
            offer.Parts, offer.LimitedFields);
}

/// <summary>A lease, and everything the run needs but the input files, which are fetched one by one.</summary>
/// <param name="Seconds">The lease runs out so long after the last heartbeat.</param>
/// <param name="Limit">How long the run may take, where the gateway's catalog says so.</param>
/// <param name="Trace">Where the run's spans hang, as W3C's <c>traceparent</c>; null: it is not traced.</param>
public sealed record Assignment(
    long Job, string Model, string Input, RenderPlan Plan, long Fence, double Seconds, RunTimeLimit? Limit = null,
    string? Trace = null);

/// <param name="Stage">What the engine is at.</param>
/// <param name="Preview">A JPEG of the unfinished video, when there is a new one.</param>
public sealed record Heartbeat(int Done, int Total, byte[]? Preview = null, string? Stage = null);

public sealed record HeartbeatAnswer(LeaseAnswer Answer);

/// <param name="Outcome"><c>failed</c>, <c>engine_fault</c>, <c>stopped</c> or <c>returned</c>; the rest says why it
/// failed.</param>
public sealed record Ending(string Outcome, string? Code = null, string? Message = null, bool Retryable = false);

/// <param name="Kept">False: the lease was lost, and the work is to be thrown away.</param>
/// <param name="Refused">Why the delivered file is not taken as the video; the run has failed with it. Null: it is.</param>
public sealed record EndingAnswer(bool Kept, string? Refused = null);

/// <summary>A refusal of the gateway.</summary>
public sealed record WorkerError(string Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(WorkerCard))]
[JsonSerializable(typeof(Assignment))]
[JsonSerializable(typeof(Heartbeat))]
[JsonSerializable(typeof(HeartbeatAnswer))]
[JsonSerializable(typeof(Ending))]
[JsonSerializable(typeof(EndingAnswer))]
[JsonSerializable(typeof(WorkerError))]
public sealed partial class WorkerJson : JsonSerializerContext;

public static class WorkerProtocol
{
    /// <summary>Sent with every call; a gateway refuses versions it does not speak.</summary>
    public const string Header = "X-Rushes-Worker-Protocol";

    public const string Version = "2";

    /// <summary>On a delivered video, as RFC 9530 has it.</summary>
    public const string DigestHeader = "Content-Digest";

    /// <summary>
    /// The path of a call about a lease. Every one names the lease: only the key and worker that took it are answered.
    /// </summary>
    /// <param name="call"><c>heartbeat</c>, <c>input</c>, <c>video</c> or <c>end</c>.</param>
    public static string PathOf(Lease lease, string call) =>
        $"worker/jobs/{lease.Job.Id}/{call}?fence={lease.Fence}&worker={Uri.EscapeDataString(lease.Worker)}";

    public static string DigestOf(byte[] sha256) => $"sha-256=:{Convert.ToBase64String(sha256)}:";

    /// <summary>Null when the header names no SHA-256.</summary>
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
