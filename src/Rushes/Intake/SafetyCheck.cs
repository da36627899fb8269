using System.Diagnostics;
using System.Text.Json;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Safety;

namespace Rushes.Intake;

/// <summary>
/// Checks a request's texts with the word list and, if there is one, texts and images with the moderation endpoint. Negative
/// prompts are not checked, because they name what must not appear.
/// </summary>
/// <param name="moderator">Null: only the word list.</param>
/// <param name="slots">Limits the creation of the small images for the endpoint.</param>
/// <param name="folder">For those images.</param>
public sealed class SafetyCheck(
    SafetyList list, Moderator? moderator, AccountDirectory accounts, InspectionSlots slots, string folder)
{
    private const int MaxSide = 1024;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(10);

    /// <summary>Raised on the request's thread, before the response.</summary>
    public event Action<SafetyRejection>? Rejected;

    /// <summary>Raised when the endpoint failed; the reason contains nothing of the request.</summary>
    public event Action<string>? Failed;

    /// <summary>Checks with the word list, in microseconds.</summary>
    internal Problem? Read(JobRequest request, RequestFields fields)
    {
        if (!IsWanted(request, fields)) return null;
        foreach (var parameter in fields.Parameters)
            if (Text(parameter, fields) is { } text && list.Find(text) is { } category)
                return Reject(
                    new SafetyRejection(request.Account, request.Model.Id, parameter.Name, category, ByEndpoint: false));
        return null;
    }

    /// <summary>Checks with the endpoint.</summary>
    internal async Task<Problem?> AskAsync(
        JobRequest request, RequestFields fields, GatheredMedia media, CancellationToken cancel)
    {
        if (moderator is null || !IsWanted(request, fields)) return null;
        var texts = fields.Parameters.Where(parameter => Text(parameter, fields) is not null).ToArray();
        InputMedium?[] images = [.. media.All.Where(medium => medium.Facts.IsVisual).DistinctBy(medium => medium.File)];
        if (texts.Length == 0 && images.Length == 0) return null;

        // One image for each call; the texts are sent with the first.
        foreach (var image in images.DefaultIfEmpty())
        {
            if (await AskAsync(request, fields, texts, image, moderator, cancel) is { } problem) return problem;
            texts = [];
        }
        return null;
    }

    private async Task<Problem?> AskAsync(
        JobRequest request, RequestFields fields, Parameter[] texts, InputMedium? seen, Moderator moderator,
        CancellationToken cancel)
    {
        using var span = JobTrace.Step("moderate", ActivityKind.Client);
        byte[]? jpeg = null;
        if (seen is not null)
        {
            var input = FfmpegInput.Of(seen.File, seen.Facts);
            using var slot = await slots.EnterAsync(request.Account, input.Memory, cancel);
            if (slot is null) return Problem.InspectionBusy;
            jpeg = await SmallJpeg.MakeAsync(input, MaxSide, folder, cancel);
        }
        var answer = seen is not null && jpeg is null
            ? new Moderation.Failed("the picture could not be made small")
            : await moderator.AskAsync(string.Join('\n', texts.Select(parameter => Text(parameter, fields))), jpeg, cancel);
        switch (answer)
        {
            case Moderation.Flagged flagged:
                var field = (flagged.ByImage || texts.Length == 0) && seen is not null ? seen.Name : texts[0].Name;
                return Reject(new SafetyRejection(request.Account, request.Model.Id, field, flagged.Category, ByEndpoint: true));
            case Moderation.Failed failed:
                Failed?.Invoke(failed.Reason);
                span.Fail("moderation_failed");
                return moderator.FailsOpen
                    ? null
                    : new Problem(ProblemKind.Unavailable, "The safety checker did not respond; send the request again.")
                {
                    Code = "safety_checker_unavailable",
                    RetryAfter = RetryPause,
                };
            default:
                return null;
        }
    }

    private Problem Reject(SafetyRejection rejection)
    {
        Rejected?.Invoke(rejection);
        return new Problem(
            ProblemKind.Unsafe, $"{rejection.Field} was refused by the safety checker: {rejection.Category}", rejection.Field)
        {
            Code = "unsafe_content",
            Unsafe = rejection,
        };
    }

    /// <summary>A plan can require the check, also for dialects that have no such field.</summary>
    private bool IsWanted(JobRequest request, RequestFields fields) =>
        fields.Find("enable_safety_checker") is not { ValueKind: JsonValueKind.False }
            || accounts.PlanOf(request.Account).SafetyRequired;

    /// <summary>The text of a free text field; null if there is none.</summary>
    private static string? Text(Parameter parameter, RequestFields fields) =>
        parameter is { Type: ParameterType.String, Options: null, Canonical: not "negative_prompt" }
            && fields.Text(parameter.Canonical) is { Length: > 0 } text
            ? text
            : null;
}

/// <summary>A request that the safety checker rejected; contains nothing of its text.</summary>
/// <param name="Field">The client's name of the field.</param>
/// <param name="ByEndpoint">False: by the word list.</param>
public sealed record SafetyRejection(int Account, string Model, string Field, string Category, bool ByEndpoint);
