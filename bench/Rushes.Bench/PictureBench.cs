using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Rushes.Programs;

namespace Rushes.Bench;

/// <summary>Twenty large pictures at once, against Kestrel dropping the same bodies; and the memory that takes.</summary>
internal static class PictureBench
{
    private const int Posts = 20;

    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        var body = await BodyAsync(disk.New());
        await using var bare = await ServerProcess.BareAsync();
        await PostAsync(bare, "/json", body, 1);

        var peak = 0L;
        Side kestrel = new("bare Kestrel", Rounds.MegabytesPerSecond, () => PostAsync(bare, "/json", body, Posts));
        Side ours = new("Rushes", Rounds.MegabytesPerSecond, async () =>
        {
            var data = disk.New();
            await using var gateway = await ServerProcess.GatewayAsync(data);
            await PostAsync(gateway, "/queue/wan22-fast-i2v", body, 1);
            var rate = await PostAsync(gateway, "/queue/wan22-fast-i2v", body, Posts);
            peak = gateway.PeakMemory;
            Directory.Delete(data, recursive: true);
            return rate;
        });
        Side wall = new("for all", Rounds.Seconds, () => Task.FromResult((double)Posts * body.Length / ours.Last));
        Side memory = new("memory", Rounds.Megabytes, () => Task.FromResult((double)peak));
        await Rounds.RunAsync("pictures", plan.Rounds, kestrel, ours, wall, memory);
        return
        [
            Row.Of($"{Posts} pictures of 10 MB at once, {wall.Shown} for all", ours, kestrel),
            new Row("peak memory meanwhile", $"{memory}", "", "", Row.Held(memory.Largest < 150e6, "under 150 MB")),
        ];
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
        return Encoding.ASCII.GetBytes($$"""{"prompt": "Gentle motion", "data_uri": "{{Convert.ToBase64String(picture)}}"}""");
    }
}
