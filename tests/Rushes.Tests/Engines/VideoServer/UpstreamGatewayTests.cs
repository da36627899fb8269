using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Media;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Engines.VideoServer;

/// <summary>A gateway whose worker sends its jobs to another gateway, by the shipped file.</summary>
public sealed class UpstreamGatewayTests
{
    [Fact]
    public async Task A_job_runs_on_another_gateway()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        await using var upstream = await TestGateway.StartAsync(1, cancel);
        Environment.SetEnvironmentVariable("UPSTREAM_KEY", TestGateway.Key);
        var shipped = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "engines", "servers", "rushes.json"), cancel);
        await File.WriteAllTextAsync(
            folder["upstream.json"],
            shipped.Replace("https://rushes.example.com", upstream.Origin, StringComparison.Ordinal), cancel);
        await using var gateway = await TestGateway.StartAsync(
            1, cancel, options: new GatewayOptions { Engine = $"videos-api={folder["upstream.json"]}" });
        var picture = Convert.ToBase64String(await File.ReadAllBytesAsync(await SampleMedia.PictureAsync(folder), cancel));

        await MakeAsync(gateway, "wan22-fast-t2v", new { prompt = "a boat", duration = 1, width = 512, height = 512 });
        await MakeAsync(gateway, "wan22-fast-i2v", new { prompt = "a boat", duration = 1, data_uri = picture });

        // A job that two gateways sent to each other ends at the fourth one.
        using var circling = await gateway.Http.PostAsJsonAsync(
            "queue/wan22-fast-t2v", new { prompt = "a boat", duration = 1, forwards = 3 }, cancel);
        var circle = (await circling.Content.ReadFromJsonAsync<JsonElement>(cancel)).GetProperty("request_id").GetString();
        var ended = await Eventually.EndedAsync(gateway.Http, circle!, cancel);
        Assert.Equal("forward_loop", ended.GetProperty("error_code").GetString());

        // The other gateway made them, and keeps none of them.
        var list = await upstream.Http.GetFromJsonAsync<JsonElement>("v1/videos", cancel);
        Assert.Empty(list.GetProperty("data").EnumerateArray());

        async Task MakeAsync(TestGateway on, string model, object input)
        {
            using var created = await on.Http.PostAsJsonAsync($"queue/{model}", input, cancel);
            Assert.True(created.IsSuccessStatusCode, await created.Content.ReadAsStringAsync(cancel));
            var id = (await created.Content.ReadFromJsonAsync<JsonElement>(cancel)).GetProperty("request_id").GetString();
            var status = await Eventually.EndedAsync(on.Http, id!, cancel, model);
            Assert.Equal("COMPLETED", status.GetProperty("status").GetString());
            var result = await on.Http.GetFromJsonAsync<JsonElement>($"queue/{model}/requests/{id}", cancel);
            var path = folder[model + ".mp4"];
            await File.WriteAllBytesAsync(path, result.GetProperty("video").GetProperty("data_uri").GetBytesFromBase64(), cancel);
            var facts = await VideoProbe.FindAsync(path, cancel);
            Assert.Equal(("h264", 16.0, 16), (facts!.Codec, facts.Rate, facts.Frames));
        }
    }
}
