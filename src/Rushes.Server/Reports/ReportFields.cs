using System.Text.Json.Serialization;
using Rushes.Server.Admin;
using Rushes.Server.Console;
using Rushes.Server.Http;

namespace Rushes.Server.Reports;

/// <summary>The fields of a report, from JSON or from the form of a share page.</summary>
/// <param name="Job">The id in any format; not with a share link, which names its job.</param>
internal sealed record ReportFields(
    [property: JsonConverter(typeof(IdOrNameJson))] string? Job, string? Reason, string? Details, string? Contact)
{
    /// <summary>The invalid field and the reason; null if all are valid.</summary>
    public (string Field, string Reason)? Problem()
    {
        if (Reason is null || !ReportReasons.All.ContainsKey(Reason))
            return ("reason", (Reason is null ? "is missing" : $"is \"{Excerpt.Of(Reason)}\"")
                + $"; send one of {string.Join(", ", ReportReasons.All.Keys)}");
        return TooLong("details", Details, ReportReasons.MaxDetails) ?? TooLong("contact", Contact, ReportReasons.MaxContact);
    }

    /// <summary>Null if the form is not one, or its charset cannot be read.</summary>
    public static async Task<ReportFields?> OfFormAsync(HttpRequest request, CancellationToken cancel)
    {
        try
        {
            var form = await request.ReadFormAsync(cancel);
            return new ReportFields(null, form["reason"], form["details"], form["contact"]);
        }
        catch (Exception error) when (error is InvalidDataException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Null if the body is not a JSON object with these fields only.</summary>
    public static Task<ReportFields?> OfJsonAsync(HttpRequest request, CancellationToken cancel) =>
        JsonBody.ReadAsync(request, ReportJson.Default.ReportFields, cancel);

    private static (string, string)? TooLong(string field, string? text, int most) =>
        text?.Length > most ? (field, $"has {text.Length} characters; at most {most} are allowed")
        : text?.Contains('\0', StringComparison.Ordinal) == true ? (field, "contains a NUL character")
        : null;
}

internal sealed record ReportReceived(string Status);

internal sealed record ReportClose(string? Note);

internal sealed record ReportList(IReadOnlyList<ReportBody> Reports, long? Next);

/// <param name="Account">The name of the job's owner.</param>
internal sealed record ReportBody(
    long Id, DateTimeOffset At, long Job, string? Account, string Model, string Reason, string? Details, string? Contact,
    string Reporter, DateTimeOffset? ClosedAt, string? ClosedBy, string? Note);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ReportFields))]
[JsonSerializable(typeof(ReportReceived))]
[JsonSerializable(typeof(ReportClose))]
[JsonSerializable(typeof(ReportList))]
internal sealed partial class ReportJson : JsonSerializerContext;
