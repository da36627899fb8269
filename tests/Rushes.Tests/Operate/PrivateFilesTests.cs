using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Operate;

/// <summary>Other users of the machine cannot read DATA.</summary>
public sealed class PrivateFilesTests
{
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_in_DATA_is_its_owners_alone_whatever_the_umask()
    {
        using var folder = new TempFolder();
        var data = Path.Combine(folder.Path, "data");
        await using var gateway = GatewayProcess.LaunchWithUmask(
            "000", ["serve", "--urls", "http://127.0.0.1:0", "--data", data, "--workers", "1"], key: null);
        var ready = await gateway.WaitForAsync("is ready on", Cancel)
            ?? throw new InvalidOperationException(string.Join('\n', gateway.Output));
        using var http = new HttpClient { BaseAddress = new Uri(ready.Split(" on ")[1].Split(',')[0]) };
        http.DefaultRequestHeaders.Add(
            "Authorization", $"Bearer {(await File.ReadAllTextAsync(Path.Combine(data, "api-key"), Cancel)).Trim()}");

        using var created = await http.PostAsJsonAsync(
            "/queue/wan22-fast-t2v", new { prompt = "A fox", duration = 0.5, width = 512, height = 512 }, Cancel);
        var job = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString();
        // The stream ends with the job.
        Assert.Contains(
            "COMPLETED", await http.GetStringAsync($"/queue/wan22-fast-t2v/requests/{job}/status/stream", Cancel),
            StringComparison.Ordinal);

        var names = AssertPrivate(data);
        foreach (var name in new[] { "rushes.db", "rushes.db-wal", "rushes.db-shm", "api-key", "node" })
            Assert.Contains(name, names);
        Assert.Contains(names, name => name.EndsWith(".mp4", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_start_takes_from_others_what_they_could_read_and_says_so()
    {
        using var data = new TempFolder();
        await using (await TestGateway.StartAsync(0, Cancel, data.Path)) { }
        Directory.CreateDirectory(data["files/a1/deep"]);
        foreach (var file in new[] { "catalog.json", "files/a1/deep/input.png" })
            await File.WriteAllTextAsync(data[file], "{}", Cancel);
        await File.WriteAllTextAsync(data["outside"], "", Cancel);
        foreach (var entry in new DirectoryInfo(data.Path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Append(new DirectoryInfo(data.Path)))
            entry.UnixFileMode |= UnixFileMode.GroupRead | UnixFileMode.OtherRead | (entry is DirectoryInfo
                ? UnixFileMode.OtherExecute : 0);

        await using (var gateway = await GatewayProcess.StartAsync(data.Path, 0, Cancel))
        {
            AssertPrivate(data.Path);
            // The log may come later than the line that it is ready.
            await Eventually.TrueAsync(() => SaysNarrowed(gateway, data.Path), Cancel);
            await gateway.StopAsync(Cancel);
        }

        await using var again = await GatewayProcess.StartAsync(data.Path, 0, Cancel);
        await again.StopAsync(Cancel);
        Assert.False(SaysNarrowed(again, data.Path), string.Join('\n', again.Output));

        static bool SaysNarrowed(GatewayProcess gateway, string path) => gateway.Output.Any(
            line => line.Contains("DataNarrowed", StringComparison.Ordinal) && line.Contains(path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("short", "fewer than 16")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaa", "different characters")]
    [InlineData("1212121212121212", "different characters")]
    public async Task A_key_that_can_be_guessed_stops_the_start(string key, string reason)
    {
        using var data = new TempFolder();
        await using var gateway = GatewayProcess.Launch(["serve", "--urls", "http://127.0.0.1:0", "--data", data.Path], key);
        Assert.Equal(2, await gateway.ExitAsync(Cancel));
        var said = Assert.Single(gateway.Output);
        Assert.Contains(reason, said, StringComparison.Ordinal);
        Assert.DoesNotContain(key, said.Split(' '));
    }

    [Fact]
    public async Task A_weak_key_in_the_file_stops_the_start_too()
    {
        using var data = new TempFolder();
        await File.WriteAllTextAsync(data["api-key"], "changeme\n", Cancel);
        // Otherwise there may be a warning too.
        File.SetUnixFileMode(data["api-key"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using var gateway = GatewayProcess.Launch(
            ["serve", "--urls", "http://127.0.0.1:0", "--data", data.Path], key: null);
        Assert.Equal(2, await gateway.ExitAsync(Cancel));
        Assert.Contains("api-key: the key has 8 characters", Assert.Single(gateway.Output), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sixteen-letters!", true)]
    [InlineData("0123456789abcdef", true)]
    [InlineData(TestGateway.Key, false)]
    public void A_short_key_is_taken_with_a_warning(string key, bool weak)
    {
        Assert.Null(KeyStrength.FaultOf(key));
        Assert.Equal(weak, KeyStrength.IsWeak(key));
    }

    /// <summary>Gives the names in it. What a running gateway has moved or deleted meanwhile does not count.</summary>
    internal static List<string> AssertPrivate(string folder)
    {
        var all = new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Append(new DirectoryInfo(folder))
            .ToList();
        foreach (var entry in all) entry.Refresh();
        all.RemoveAll(entry => !entry.Exists);
        Assert.All(all, entry => Assert.True((entry.UnixFileMode & Others) == 0, $"{entry.FullName}: {entry.UnixFileMode}"));
        return [.. all.Select(entry => entry.Name)];
    }
}
