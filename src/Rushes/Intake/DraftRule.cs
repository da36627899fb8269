using System.Text.Json;
using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Intake;

/// <summary>Whether a request gets a draft: as the request specifies, or else as the account plan does.</summary>
/// <param name="patience">How long a job waits for approval.</param>
public sealed class DraftRule(Func<int, Plan> planOf, TimeSpan patience, TimeProvider clock)
{
    private const string Field = "draft";

    public static Problem? Check(JobRequest request)
    {
        if (Sent(request) is not { } value) return null;
        if (DraftWishes.Read(value) is not { } wish)
            return Problem.BadField(Field, $"is {Excerpt.Of(value.GetRawText())}; send true, false or \"approve\"");
        return wish == DraftWish.Approve && request.AnsweredAtEnd
            ? Problem.BadField(
                Field, "is \"approve\", which is not possible for a synchronous call; send the request to the queue")
            : null;
    }

    /// <summary>For a validated request.</summary>
    public (JobDraft Draft, DateTimeOffset? ApproveBy) Of(JobRequest request)
    {
        var wish = Sent(request) is { } value ? DraftWishes.Read(value)!.Value : planOf(request.Account).Draft;
        return wish switch
        {
            DraftWish.None => (JobDraft.None, null),
            DraftWish.Approve when !request.AnsweredAtEnd => (JobDraft.Wanted, clock.GetUtcNow() + patience),
            _ => (JobDraft.Wanted, null),
        };
    }

    private static JsonElement? Sent(JobRequest request) =>
        request.Fields.TryGetProperty(Field, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
