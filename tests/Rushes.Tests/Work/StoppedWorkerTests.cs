using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Catalog;
using Rushes.Draft;
using Rushes.Work;
using Rushes.Work.Remote;
using Xunit;

namespace Rushes.Tests.Work;

public sealed class StoppedWorkerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_that_is_stopped_ends_although_its_gateway_does_not_respond()
    {
        using var scratch = new TempFolder();
        using var stop = new CancellationTokenSource();
        Task working;
        await using (var gateway = await TestGateway.StartAsync(0, Cancel))
        {
            var http = new HttpClient { BaseAddress = new Uri(gateway.Origin) };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestGateway.Key);
            var options = new WorkOptions { Drain = TimeSpan.FromMilliseconds(200), Return = TimeSpan.FromMilliseconds(200) };
            var source = new RemoteJobSource(http, http, "1.0.0", TimeProvider.System, NullLogger<RemoteJobSource>.Instance);
            working = new Worker(
                "attic/1", source, new DraftEngine(), CatalogReader.Read(), scratch.Path, options, TimeProvider.System,
                NullLogger<Worker>.Instance).RunAsync(stop.Token);
            using var created = await gateway.Http.PostAsJsonAsync(
                "/queue/wan22-fast-t2v", new { prompt = "a long wave", duration = 5, width = 1280, height = 720 }, Cancel);
            var url = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("status_url").GetString();
            await Eventually.TrueAsync(async () => await StatusAsync(gateway.Http, url!) != "IN_QUEUE", Cancel);
        }

        await stop.CancelAsync();

        // Before, it tried for ten minutes to return its job.
        await working.WaitAsync(TimeSpan.FromMinutes(3), Cancel);
    }

    private static async Task<string?> StatusAsync(HttpClient http, string url) =>
        (await http.GetFromJsonAsync<JsonElement>(url, Cancel)).GetProperty("status").GetString();
}
