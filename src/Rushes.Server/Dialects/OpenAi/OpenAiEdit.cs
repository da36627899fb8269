using System.Text.Json;
using Rushes.Files;
using Rushes.Intake;

namespace Rushes.Server.Dialects.OpenAi;

/// <summary>The video of an edit or an extension: a file of the form, or a finished video of the account by its id.</summary>
internal sealed class OpenAiEdit(JobDesk desk, IFileStore files)
{
    public const string Field = "video", FormField = "video[id]";

    /// <returns>The value of the model's media field, the number of the job whose video it is, or a problem.</returns>
    public async Task<(string? Value, long? Source, Problem? Problem)> FindAsync(
        JsonElement sent, int account, CancellationToken cancel)
    {
        if (OpenAiFields.Text(sent, Field) is { } file) return (file, null, null);
        var id = sent.TryGetProperty(Field, out var video) && video.ValueKind == JsonValueKind.Object
            ? OpenAiFields.Text(video, "id")
            : OpenAiFields.Text(sent, FormField);
        if (id is null)
            return (null, null, Problem.BadField(Field, "is missing; send a file, or an object with the id of a video"));
        if (desk.NumberOf(id) is not { } number
            || await desk.FindAsync(number, account, null, cancel) is not JobView.Completed completed)
            return (null, null, Problem.BadField(Field, $"is \"{Excerpt.Of(id)}\", which is not a completed video"));
        return ($"{new FileUri(files.Bucket, completed.ResultKey)}", number, null);
    }
}
