using System.Globalization;
using System.Text.Json;

namespace Rushes.Jobs;

/// <summary>
/// How often a job went from one gateway to another. Each gateway adds one, so that gateways that send jobs to each other in a
/// circle are noticed.
/// </summary>
public static class Forwards
{
    /// <summary>The field of a request, sent by gateways.</summary>
    public const string Field = "forwards";

    public const int MaxGateways = 3;

    /// <summary>The code of the error when it went too often.</summary>
    public const string LoopCode = "forward_loop";

    public static string Loop =>
        $"The job was sent on by more than {MaxGateways} gateways; "
        + "their operators should check whether they send jobs to each other.";

    /// <summary>
    /// 0 for a client's own job. A client cannot send a number below, which would let a job go round for longer.
    /// </summary>
    public static int Of(JsonElement fields) => Math.Max(0, Read(fields));

    /// <summary>Forms have numbers as text.</summary>
    private static int Read(JsonElement fields) => !fields.TryGetProperty(Field, out var value) ? 0
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
        : value.ValueKind == JsonValueKind.String
            && int.TryParse(JobInput.TextOf(value), NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read
        : 0;
}
