using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rushes.Engines.Process;
using Rushes.Jobs;

namespace Rushes.Engines.VideoServer;

/// <summary>The body of a create call: the engine file's fields filled with the job's values, and its media.</summary>
internal static class VideoServerRequest
{
    /// <summary>The placeholder for the id of the job's model.</summary>
    public const string Model = "model";

    /// <summary>The placeholder for how often the job went to another gateway, this time included.</summary>
    public const string ForwardsPlace = Forwards.Field;

    private const string Prompt = "prompt";

    /// <param name="media">Local paths by the job's field.</param>
    public static async Task<HttpContent> MakeAsync(
        VideoServerFile file, ServedModel model, EngineJob job, VideoFormat rendered, IReadOnlyDictionary<string, string> media,
        CancellationToken cancel)
    {
        var values = new JobValues(job, model.Drawing, rendered, new Dictionary<string, string>(), "", "", gpu: null);
        var fields = (JsonObject)model.Request.Filled(place => place switch
        {
            Model => job.Model.Id,
            ForwardsPlace => (Forwards.Of(job.Input.All) + 1).ToString(CultureInfo.InvariantCulture),
            _ => values.Find(place),
        }).Content!;
        var empty = fields.Where(field => field.Key != Prompt && IsEmpty(field.Value)).Select(field => field.Key).ToList();
        foreach (var name in empty) fields.Remove(name);
        var files = new List<(string Field, string Path)>();
        foreach (var (input, part) in model.Media)
        {
            if (!media.TryGetValue(input, out var path)) continue;
            if (part.As == MediaForm.File) files.Add((part.Field, path));
            else fields[part.Field] = await EncodeAsync(path, part.As, cancel);
        }
        return file.IsForm
            ? Form(fields, files)
            : new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(fields))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            };
    }

    /// <summary>A value that the job does not have.</summary>
    private static bool IsEmpty(JsonNode? value) =>
        value is null || (value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length == 0);

    /// <summary>Objects and lists become JSON texts.</summary>
    private static MultipartFormDataContent Form(JsonObject fields, List<(string Field, string Path)> files)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
            form.Add(new StringContent(
                value!.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString(), Encoding.UTF8),
                name);
        foreach (var (name, path) in files)
            form.Add(new StreamContent(File.OpenRead(path))
            {
                Headers = { ContentType = new MediaTypeHeaderValue(TypeOf(path)) },
            }, name, $"{name}{Path.GetExtension(path)}");
        return form;
    }

    private static async Task<string> EncodeAsync(string path, MediaForm form, CancellationToken cancel)
    {
        var text = Convert.ToBase64String(await File.ReadAllBytesAsync(path, cancel));
        return form == MediaForm.Base64 ? text : $"data:{TypeOf(path)};base64,{text}";
    }

    private static string TypeOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".webp" => "image/webp",
        ".wav" => "audio/wav",
        ".mp3" => "audio/mpeg",
        ".mp4" => "video/mp4",
        _ => "application/octet-stream",
    };
}
