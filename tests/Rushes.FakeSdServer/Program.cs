using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

// Speaks sd-server's API and prints what it prints. What goes wrong is asked for in the prompt, or on the command line for a
// bad start.
string After(string flag) => args[Array.IndexOf(args, flag) + 1];

if (args.Contains("--help"))
{
    Console.WriteLine("usage: sd-server [options]\n  --eager-load    load the weights at start");
    return 0;
}
Console.WriteLine($"[INFO ] main.cpp:100 - options: {string.Join(' ', args)}");
if (args.Contains("--without-encoder"))
    Console.WriteLine("[WARN ] conditioner.hpp:1350 - IMPORTANT NOTICE: No text encoders provided, cannot process prompts!");
if (args.Contains("--broken"))
{
    await Console.Error.WriteLineAsync("[ERROR] stable-diffusion.cpp:905  - get sd version from file failed: '/secret/dit.gguf'");
    return 1;
}

var jobs = new ConcurrentDictionary<string, object>();
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
var app = builder.Build();
app.Urls.Add($"http://{After("--listen-ip")}:{After("--listen-port")}");
app.MapGet("/sdcpp/v1/capabilities", () => Results.Json(new { current_mode = "vid_gen", pid = Environment.ProcessId }));
app.MapGet(
    "/sdcpp/v1/jobs/{id}",
    (string id) => jobs.TryGetValue(id, out var job) ? Results.Json(job) : Results.NotFound(new { error = "job not found" }));
app.MapPost("/sdcpp/v1/jobs/{id}/cancel", (string id) => Results.Json(new { error = "job is generating" }, statusCode: 409));
app.MapPost("/sdcpp/v1/vid_gen", (JsonElement body) =>
{
    var prompt = body.GetProperty("prompt").GetString()!;
    if (prompt == "please refuse") return Results.Json(new { error = "job is generating" }, statusCode: 409);
    if (prompt == "please object") return Results.Json(new { error = "bad value in '/secret/place'" }, statusCode: 400);
    var id = $"job_{jobs.Count:x8}";
    jobs[id] = new { id, kind = "vid_gen", status = "generating" };
    _ = Task.Run(() => GenerateAsync(id, prompt, body));
    return Results.Json(new { id, kind = "vid_gen", status = "queued", poll_url = $"/sdcpp/v1/jobs/{id}" }, statusCode: 202);
});
await app.RunAsync();
return 0;

async Task GenerateAsync(string id, string prompt, JsonElement body)
{
    var steps = body.GetProperty("sample_params").GetProperty("sample_steps").GetInt32();
    var (width, height, frames) = (body.GetProperty("width").GetInt32(), body.GetProperty("height").GetInt32(),
        body.GetProperty("video_frames").GetInt32());
    Console.WriteLine("[INFO ] stable-diffusion.cpp:6552 - get_learned_condition completed, taking 0.01s");
    for (var step = 1; step <= steps; step++)
    {
        Console.Write($"\r  |{new string('=', 50 * step / steps),-50}| {step}/{steps} - 1.25s/it\e[K");
        if (prompt == "please crash") Environment.Exit(3);
        // A long video is never finished: whoever asked for it will cancel.
        if (frames > 100) return;
    }
    Console.WriteLine("\n[INFO ] stable-diffusion.cpp:7012 - sampling completed, taking 5.00s");
    // It survives this, and answers for it.
    if (prompt == "please run out of memory")
    {
        Console.WriteLine("[ERROR] ggml_extend.hpp:1600 - wan alloc compute buffer failed to allocate");
        jobs[id] = new
        {
            id, status = "failed", result = (object?)null,
            error = new { code = "generation_failed", message = "generate_video returned no frames" },
        };
        return;
    }
    if (prompt == "please fail")
    {
        jobs[id] = new
        {
            id, status = "failed", result = (object?)null,
            error = new { code = "generation_failed", message = "generate_video returned no frames from /secret/place" },
        };
        return;
    }

    var file = Path.Combine(Path.GetTempPath(), id + ".webm");
    var hue = body.GetProperty("seed").GetInt64() * 40 % 360;
    using var ffmpeg = Process.Start("ffmpeg", ["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i",
        $"testsrc2=s={width}x{height}:r={body.GetProperty("fps").GetInt32()},hue=h={hue}",
        "-frames:v", $"{frames}", "-c:v", "libvpx", "-deadline", "good", "-cpu-used", "5", "-threads", "1", "-b:v", "1M",
        "-metadata", $"comment={prompt.Trim()}", file])!;
    await ffmpeg.WaitForExitAsync();
    Console.WriteLine("[INFO ] stable-diffusion.cpp:6583 - decode_first_stage completed, taking 0.94s");
    // Named in the order in which the real one writes them: the video comes before the status.
    jobs[id] = new
    {
        completed = 1, error = (object?)null, id,
        result = new { b64_json = Convert.ToBase64String(await File.ReadAllBytesAsync(file)), mime_type = "video/webm" },
        status = "completed",
    };
}
