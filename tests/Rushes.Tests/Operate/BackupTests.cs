using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rushes.Server.Settings;
using Rushes.Tests.Postgres;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests.Operate;

/// <summary>Runs the commands of docs/operate/backup.md.</summary>
public sealed class BackupTests
{
    private static readonly string[] Blocks = [.. Regex.Matches(
        File.ReadAllText(Path.Combine(RoomTests.Root(), "docs/operate/backup.md")), "```bash\n(.*?)```",
        RegexOptions.Singleline).Select(block => block.Groups[1].Value)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gateway_with_a_file_is_as_it_was_at_its_backup()
    {
        using var folder = new TempFolder();
        string job, lost;
        await using (var gateway = await TestGateway.StartAsync(0, Cancel, folder["data"]))
        {
            job = await SubmitAsync(gateway);
            // The gateway's own first file would move while it is copied.
            await Stored.OwnerWrittenAsync(folder["data"], Cancel);
            await RunAsync(Blocks[0], folder);
            PrivateFilesTests.AssertPrivate(folder["backup"]);
            lost = await SubmitAsync(gateway);
        }

        await RunAsync(Blocks[1], folder);
        PrivateFilesTests.AssertPrivate(folder["data"]);
        await using var restored = await TestGateway.StartAsync(0, Cancel, folder["data"]);
        Assert.Equal((true, false), (await HasAsync(restored, job), await HasAsync(restored, lost)));
    }

    [Fact]
    public async Task A_gateway_with_PostgreSQL_is_as_it_was_at_its_backup()
    {
        using var folder = new TempFolder();
        var server = await PostgresCluster.SharedAsync();
        var (first, second) = (server.Url(await server.CreateAsync($"backup{Guid.NewGuid():N}")),
            server.Url(await server.CreateAsync($"restored{Guid.NewGuid():N}")));
        string job, lost;
        await using (var gateway = await TestGateway.StartAsync(
            0, Cancel, folder["data"], new GatewayOptions { Database = first }))
        {
            job = await SubmitAsync(gateway);
            await RunAsync(Blocks[2], folder, ("DATABASE", first));
            PrivateFilesTests.AssertPrivate(folder["backup"]);
            lost = await SubmitAsync(gateway);
        }

        await RunAsync(Blocks[3], folder, ("EMPTY", second));
        await using var restored = await TestGateway.StartAsync(
            0, Cancel, folder["data"], new GatewayOptions { Database = second });
        Assert.Equal((true, false), (await HasAsync(restored, job), await HasAsync(restored, lost)));
        Assert.NotEqual(job, await SubmitAsync(restored));
    }

    private static async Task<string> SubmitAsync(TestGateway gateway)
    {
        using var created = await gateway.Http.PostAsJsonAsync(
            "/queue/wan22-fast-t2v", new { prompt = "A fox", duration = 0.5 }, Cancel);
        return $"{(await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id")}";
    }

    /// <summary>Whether it waits there.</summary>
    private static async Task<bool> HasAsync(TestGateway gateway, string job)
    {
        using var answer = await gateway.Http.GetAsync($"/queue/wan22-fast-t2v/requests/{job}/status", Cancel);
        return answer.IsSuccessStatusCode;
    }

    private static async Task RunAsync(string script, TempFolder folder, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(
            "bash", ["-euc", "umask 000\n" + script]) { WorkingDirectory = folder.Path, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var shell = Process.Start(start)!;
        var said = await shell.StandardError.ReadToEndAsync(Cancel);
        await shell.WaitForExitAsync(Cancel);
        Assert.True(shell.ExitCode == 0, said);
    }
}
