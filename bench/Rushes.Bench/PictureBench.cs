using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Rushes.Programs;

namespace Rushes.Bench;

/// <summary>
/// Twenty large pictures at once, beside programs that decode the same base64 and picture to the same disk, copies of the
/// files, and Kestrel dropping the same bodies; and the memory that takes.
/// </summary>
internal static class PictureBench
{
    private const int Posts = 20;

    private const string Create = "/queue/wan22-fast-i2v";

    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        var source = disk.New();
        var body = await BodyAsync(source);
        var picture = await File.ReadAllBytesAsync(Path.Combine(source, "noise.png"));
        await using var bare = await ServerProcess.BareAsync();
        await PostAsync(bare, "/json", body, 1);

        var growth = 0L;
        Side kestrel = new("bare Kestrel", Rounds.MegabytesPerSecond, () => PostAsync(bare, "/json", body, Posts));
        Side Shell(string name, string command) => new(name, Rounds.MegabytesPerSecond, () => ShellAsync(command, source, body));
        var copies = Shell("cp", "cp noise.png out-$0 && sync out-$0");
        var programs = Shell(
            "base64 -d, and ffmpeg decoding it",
            "base64 -d noise.b64 > out-$0 && sync out-$0 && ffmpeg -loglevel error -i out-$0 -f null -");

        async Task<double> GatewayAsync(Func<ServerProcess, int, Task<double>> post)
        {
            var data = disk.New();
            await using var gateway = await ServerProcess.GatewayAsync(data);
            await post(gateway, 1);
            var before = gateway.Memory;
            var rate = await post(gateway, Posts);
            growth = Math.Max(0, gateway.PeakMemory - before);
            Directory.Delete(data, recursive: true);
            return rate;
        }

        Side ours = new(
            "Rushes", Rounds.MegabytesPerSecond, () => GatewayAsync((to, posts) => PostAsync(to, Create, body, posts)));
        Side wall = new("for all", Rounds.Seconds, () => Task.FromResult((double)Posts * body.Length / ours.Last));
        Side memory = new("memory", Rounds.Megabytes, () => Task.FromResult((double)growth));
        Side forms = new("memory with multipart", Rounds.Megabytes, async () =>
        {
            await GatewayAsync((to, posts) => PostAsync(to, posts, "/v1/videos", () => Form(picture)));
            return growth;
        });
        await Rounds.RunAsync("pictures", plan.Rounds, kestrel, copies, programs, ours, wall, memory, forms);
        var what = $"{Posts} images of 10 MB as base64 at once, {wall.Shown} for all";
        return
        [
            Row.Of(what, ours, programs, aim: 0.5),
            Row.Of(what, ours, copies),
            Row.Of(what, ours, kestrel),
            new Row("memory that it takes", $"{memory}", "", "", Row.Held(memory.Largest <= 100e6, "100 MB or less")),
            new Row("the same as multipart", $"{forms}", "", "", Row.Held(forms.Largest <= 100e6, "100 MB or less")),
        ];
    }

    /// <summary>Bytes of body a second that the command handles, run as many times at once as there are posts.</summary>
    private static async Task<double> ShellAsync(string command, string folder, byte[] body)
    {
        var clock = Stopwatch.StartNew();
        var exits = await Task.WhenAll(Enumerable.Range(0, Posts).Select(number => ChildProcess.RunAsync(
            new Command("sh", ["-c", command, $"{number}"]) { Folder = folder }, null, default)));
        var rate = Posts * body.Length / clock.Elapsed.TotalSeconds;
        if (Array.Find(exits, exit => !exit.Ok) is { } failed) throw new InvalidOperationException(failed.Errors);
        return rate;
    }

    /// <summary>Bytes of body a second.</summary>
    private static async Task<double> PostAsync(ServerProcess server, string path, byte[] body, int posts) =>
        body.Length * await PostAsync(server, posts, path, () =>
        {
            var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            return content;
        });

    /// <summary>Posts a second.</summary>
    private static async Task<double> PostAsync(ServerProcess server, int posts, string path, Func<HttpContent> body)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ServerProcess.Key);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, posts).Select(async _ =>
        {
            using var content = body();
            using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content);
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
        }));
        return posts / clock.Elapsed.TotalSeconds;
    }

    private static MultipartFormDataContent Form(byte[] picture)
    {
        var file = new ByteArrayContent(picture);
        file.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        return new MultipartFormDataContent
        {
            { new StringContent("wan22-fast-i2v"), "model" },
            { new StringContent("Gentle motion"), "prompt" },
            { file, "input_reference", "noise.png" },
        };
    }

    private static async Task<byte[]> BodyAsync(string folder)
    {
        var exit = await ChildProcess.RunAsync(
            new Command("ffmpeg", ["-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "2048x1696", "-i",
                "/dev/urandom", "-frames:v", "1", "noise.png"]) { Folder = folder },
            null, default);
        if (!exit.Ok) throw new InvalidOperationException(exit.Errors);
        var picture = await File.ReadAllBytesAsync(Path.Combine(folder, "noise.png"));
        var base64 = Convert.ToBase64String(picture);
        await File.WriteAllTextAsync(Path.Combine(folder, "noise.b64"), base64);
        return Encoding.ASCII.GetBytes($$"""{"prompt": "Gentle motion", "data_uri": "{{base64}}"}""");
    }
}
