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

    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        var source = disk.New();
        var body = await BodyAsync(source);
        await using var bare = await ServerProcess.BareAsync();
        await PostAsync(bare, "/json", body, 1);

        var growth = 0L;
        Side kestrel = new("bare Kestrel", Rounds.MegabytesPerSecond, () => PostAsync(bare, "/json", body, Posts));
        Side Shell(string name, string command) => new(name, Rounds.MegabytesPerSecond, () => ShellAsync(command, source, body));
        var copies = Shell("cp", "cp noise.png out-$0 && sync out-$0");
        var programs = Shell(
            "base64 -d, and ffmpeg decoding it",
            "base64 -d noise.b64 > out-$0 && sync out-$0 && ffmpeg -loglevel error -i out-$0 -f null -");
        Side ours = new("Rushes", Rounds.MegabytesPerSecond, async () =>
        {
            var data = disk.New();
            await using var gateway = await ServerProcess.GatewayAsync(data);
            await PostAsync(gateway, "/queue/wan22-fast-i2v", body, 1);
            var before = gateway.Memory;
            var rate = await PostAsync(gateway, "/queue/wan22-fast-i2v", body, Posts);
            growth = Math.Max(0, gateway.PeakMemory - before);
            Directory.Delete(data, recursive: true);
            return rate;
        });
        Side wall = new("for all", Rounds.Seconds, () => Task.FromResult((double)Posts * body.Length / ours.Last));
        Side memory = new("memory", Rounds.Megabytes, () => Task.FromResult((double)growth));
        await Rounds.RunAsync("pictures", plan.Rounds, kestrel, copies, programs, ours, wall, memory);
        var what = $"{Posts} images of 10 MB as base64 at once, {wall.Shown} for all";
        return
        [
            Row.Of(what, ours, programs, aim: 0.5),
            Row.Of(what, ours, copies),
            Row.Of(what, ours, kestrel),
            new Row("memory that it takes", $"{memory}", "", "", Row.Held(memory.Largest <= 100e6, "100 MB or less")),
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
    private static async Task<double> PostAsync(ServerProcess server, string path, byte[] body, int posts)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ServerProcess.Key);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, posts).Select(async _ =>
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content);
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
        }));
        return posts * body.Length / clock.Elapsed.TotalSeconds;
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
