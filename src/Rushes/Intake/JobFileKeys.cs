using System.Text.Json;
using Rushes.Files;
using Rushes.Jobs;
using Rushes.Media;

namespace Rushes.Intake;

/// <summary>The keys of a job's files: inputs, video, draft and images.</summary>
internal static class JobFileKeys
{
    /// <param name="bucket">The bucket of the file store.</param>
    public static IEnumerable<string> Of(Job job, string bucket)
    {
        foreach (var field in JobInput.Parse(job.Input).All.EnumerateObject())
            if (InputOf(job, bucket, field.Value) is { } input) yield return input;
        if (job.ResultKey is { } result) yield return result;
        if (job.Draft.Key is { } draft) yield return draft;
        if (job.State == JobState.Completed)
            foreach (var image in Enum.GetValues<ResultImage>())
                yield return ResultImages.KeyOf(job, image);
    }

    /// <summary>Only files that were stored for this job: its input can also refer to files of other jobs.</summary>
    private static string? InputOf(Job job, string bucket, JsonElement value) =>
        value.ValueKind == JsonValueKind.String && FileUri.Parse(value.GetString()!) is { } uri && uri.Bucket == bucket
            && job.InputSet is { } set && InputKey.SetOf(uri.Key) == set
            ? uri.Key
            : null;
}
