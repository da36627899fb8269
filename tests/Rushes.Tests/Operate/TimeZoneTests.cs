using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Tests.Admin;
using Xunit;

namespace Rushes.Tests.Operate;

/// <summary>A machine with a local time far from UTC.</summary>
public sealed class TimeZoneTests
{
    private const string Zone = "Pacific/Auckland";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_time_without_a_zone_is_UTC_wherever_the_gateway_runs()
    {
        Assert.SkipUnless(File.Exists($"/usr/share/zoneinfo/{Zone}"), "Time zones are not installed.");
        using var data = new TempFolder();
        await using var gateway = GatewayProcess.Launch(
            ["serve", "--urls", "http://127.0.0.1:0", "--data", data.Path, "--workers", "0"], TestGateway.Key, ("TZ", Zone));
        var ready = await gateway.WaitForAsync("is ready on", Cancel);
        Assert.True(ready is not null, string.Join('\n', gateway.Output));
        gateway.Http.BaseAddress = new Uri(ready.Split(" on ")[1].Split(',')[0]);
        using var created = await gateway.Http.PostAsJsonAsync(
            "/v1/predictions", new { version = "rushes/wan22-fast-t2v", input = new { prompt = "a" } }, Cancel);
        created.EnsureSuccessStatusCode();
        await gateway.Http.AddCreditAsync(1, 5, Cancel);

        foreach (var (path, list) in new[]
        {
            ("/jobs?since={0}", "jobs"), ("/v1/predictions?created_after={0}", "results"),
            ("/console/api/jobs?from={0}", "jobs"), ("/admin/accounts/1/statement?format=json&from={0}", ""),
        })
        {
            Assert.True(await CountAsync(path, list, -1) > 0, path);
            Assert.Equal(0, await CountAsync(path, list, 1));
        }

        var soon = TimeProvider.System.GetUtcNow().AddHours(1);
        var key = await gateway.Http.CallAsync(
            HttpMethod.Post, "/admin/keys", new { account = 1, name = "a key", expires_at = Unzoned(soon) }, Cancel);
        Assert.Equal(
            Unzoned(soon), Unzoned(key.GetProperty("expires_at").GetDateTimeOffset().ToUniversalTime()));

        async Task<int> CountAsync(string path, string list, int hours)
        {
            var time = Unzoned(TimeProvider.System.GetUtcNow().AddHours(hours));
            var answer = await gateway.Http.GetFromJsonAsync<JsonElement>(
                string.Format(CultureInfo.InvariantCulture, path, time), Cancel);
            return (list.Length > 0 ? answer.GetProperty(list) : answer).GetArrayLength();
        }
    }

    private static string Unzoned(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
}
