using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Rushes.Media;

namespace Rushes.Tests.Engines.Comfy;

/// <summary>
/// What the stub's models are: ffmpeg, at the size, length and seed of the graph. Also its folders of inputs and outputs.
/// </summary>
internal sealed class StubDraw : IDisposable
{
    private static readonly string[] Samplers = ["noise_seed", "seed"];

    private readonly TempFolder folder = new();

    /// <summary>The uploaded files, oldest first.</summary>
    public ConcurrentQueue<string> Uploaded { get; } = new();

    public string? Find(string subfolder, string name) =>
        Path.Combine(folder.Path, "out", subfolder, name) is var path && File.Exists(path) ? path : null;

    /// <summary>A name of the server's own, so that only who uses the answer finds the file again.</summary>
    public async Task<IResult> TakeAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        var file = form.Files["image"]!;
        var subfolder = form["subfolder"].ToString();
        var name = $"{Path.GetFileNameWithoutExtension(file.FileName)} (1){Path.GetExtension(file.FileName)}";
        Directory.CreateDirectory(Path.Combine(folder.Path, "in", subfolder));
        await using var target = File.Create(Path.Combine(folder.Path, "in", subfolder, name));
        await file.CopyToAsync(target);
        Uploaded.Enqueue(target.Name);
        return Results.Text(
            new JsonObject { ["name"] = name, ["subfolder"] = subfolder, ["type"] = "input" }.ToJsonString(), "application/json");
    }

    /// <summary>What a real server would not take, or would take and end badly.</summary>
    public JsonObject? Problem(JsonObject graph)
    {
        foreach (var (id, node) in graph)
        {
            var inputs = node!["inputs"]!.AsObject();
            foreach (var (input, value) in inputs)
            {
                if (value is JsonArray { Count: 2 } link && !graph.ContainsKey((string)link[0]!))
                    return Error(id, node, $"{input} links to nothing");
                if (input is "image" or "audio" or "file" && value is JsonValue file
                    && !File.Exists(Path.Combine(folder.Path, "in", file.ToString())))
                    return Error(id, node, $"{input} - Invalid file: {file}");
                if (input is "width" or "height" && (string)node["class_type"]! != "EmptyImage" && (int)value! % 16 != 0)
                    return Error(id, node, $"{input} is {value}");
                if (input == "length" && !IsLength((string)node["class_type"]!, (int)value!))
                    return Error(id, node, $"length is {value}");
            }
        }
        return null;
    }

    /// <summary>Whether a model of this node can draw so many frames.</summary>
    private static bool IsLength(string node, int frames) => node == "ImageFromBatch"
        || (node.StartsWith("MiniMaxH3", StringComparison.Ordinal) ? frames % 17 == 5 : frames % 4 == 1);

    /// <summary>As many as the model draws, or fewer if the graph cuts them.</summary>
    public static int Frames(JsonObject graph)
    {
        // A graph that joins clips has as many frames as it cuts to.
        var joins = graph.Any(node => (string)node.Value!["class_type"]! == "ImageBatch");
        var drawn = joins ? null : Number(graph, "length", "WanSound", "ImageFromBatch");
        var cut = (int?)graph["trim"]?["inputs"]!["length"];
        return Math.Min(drawn ?? cut ?? 0, cut ?? drawn ?? 0);
    }

    public async Task<JsonObject> MakeAsync(JsonObject graph, string output, CancellationToken stop)
    {
        var inputs = graph[output]!["inputs"]!;
        var prefix = inputs["filename_prefix"]!.ToString();
        var key = (string)graph[output]!["class_type"]! switch
            { "SaveAudio" => "audio", "VHS_VideoCombine" => "gifs", _ => "images" };
        var name = $"{Path.GetFileName(prefix)}_00001_{(key == "audio" ? ".flac" : ".mp4")}";
        var subfolder = Path.GetDirectoryName(prefix)!;
        var seed = graph.SelectMany(node => Samplers.Select(input => node.Value!["inputs"]![input]))
            .First(found => found is not null)!
            .ToString();
        var recipe = key == "audio" ? Sound(graph, seed) : Video(graph, seed);

        Directory.CreateDirectory(Path.Combine(folder.Path, "out", subfolder));
        var path = Path.Combine(folder.Path, "out", subfolder, name);
        var exit = await DrawnFiles.MakeAsync([.. recipe], path, stop);
        if (!exit.Ok) throw new InvalidOperationException(exit.Errors);
        return new JsonObject
        {
            [key] = new JsonArray(new JsonObject { ["filename"] = name, ["subfolder"] = subfolder, ["type"] = "output" }),
            ["animated"] = new JsonArray(true),
        };
    }

    /// <summary>A file that a recording names; in it is its name.</summary>
    public void Put(JsonNode file)
    {
        var name = (string)file["filename"]!;
        var into = Directory.CreateDirectory(Path.Combine(folder.Path, "out", (string)file["subfolder"]!));
        File.WriteAllText(Path.Combine(into.FullName, name), name);
    }

    public void Dispose() => folder.Dispose();

    private static string[] Sound(JsonObject graph, string seed)
    {
        var seconds = (double)graph.Select(node => node.Value!["inputs"]!["duration"]).First(found => found is not null)!;
        var sine = $"sine=f={200 + Hash(seed) % 300}:r=48000:d={Ffmpeg.Number(seconds)}";
        return ["-f", "lavfi", "-i", sine, "-c:a", "flac"];
    }

    /// <summary>With the workflow in its metadata, as servers write it unless told not to.</summary>
    private string[] Video(JsonObject graph, string seed)
    {
        var frames = Frames(graph);
        var chunks = graph.Count(node => ((string)node.Value!["class_type"]!).StartsWith("WanSound", StringComparison.Ordinal));
        if (chunks > 0) frames = Math.Min(frames, chunks * 80 - 2);
        var size = $"{Number(graph, "width")}x{Number(graph, "height")}";
        var hash = Hash(seed);
        var (rate, sound) = graph["video"]?["inputs"] is { } video
            ? ((double)video["fps"]!, video["audio"] is not null)
            : (16, chunks > 0);
        string[] input = ["-f", "lavfi", "-i", $"testsrc2=s={size}:r={Ffmpeg.Number(rate)}"];
        var filter = $"hue=h={hash % 360}:s={1 + hash % 5}";
        if (Number(graph, "resolution") is { } shorter)
        {
            var clip = (string)graph["clip"]!["inputs"]!["file"]!;
            input = ["-stream_loop", "-1", "-i", Path.Combine(folder.Path, "in", clip)];
            filter += $",fps={Ffmpeg.Number(rate)},scale='if(gt(iw,ih),-2,{shorter})':'if(gt(iw,ih),{shorter},-2)'";
        }
        return
        [
            .. input, .. sound ? ["-f", "lavfi", "-i", "sine=f=300:r=44100"] : Array.Empty<string>(),
            "-map", "0:v:0", .. sound ? ["-map", "1:a:0", "-c:a", "aac"] : Array.Empty<string>(), "-vf", filter,
            "-t", Ffmpeg.Number(frames / rate), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
            "-metadata", $"prompt={graph.ToJsonString()[..300]}",
        ];
    }

    private static int? Number(JsonObject graph, string input, params string[] notIn) => graph
        .Where(node => !notIn.Any(
            type => ((string)node.Value!["class_type"]!).StartsWith(type, StringComparison.Ordinal)))
        .Select(node => (int?)(node.Value!["inputs"]![input] as JsonValue)).FirstOrDefault(found => found is not null);

    private static int Hash(string seed) => BitConverter.ToUInt16(SHA256.HashData(Encoding.UTF8.GetBytes(seed)));

    private static JsonObject Error(string id, JsonNode node, string details) => new()
    {
        ["error"] = new JsonObject
        {
            ["type"] = "prompt_outputs_failed_validation", ["message"] = "Prompt outputs failed validation", ["details"] = "",
        },
        ["node_errors"] = new JsonObject
        {
            [id] = new JsonObject
            {
                ["errors"] = new JsonArray(
                    new JsonObject { ["type"] = "custom_validation_failed", ["message"] = "Custom validation failed for node",
                        ["details"] = details }),
                ["class_type"] = (string)node["class_type"]!,
            },
        },
    };
}
