using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>A create whose body does not arrive completely makes no job, whatever its first part contains.</summary>
public sealed class StalledBodyTests
{
    [Theory]
    [InlineData("/queue/wan22-fast-t2v", """{"prompt": "a boat"}""")]
    [InlineData("/v1/videos", """{"prompt": "a boat", "model": "wan22-fast-t2v"}""")]
    [InlineData("/v1/predictions", """{"version": "wan22-fast-t2v", "input": {"prompt": "a boat"}}""")]
    public async Task A_client_that_stalls_in_the_body_leaves_no_job_behind(string path, string json)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var gateway = await TestGateway.StartAsync(0, cancel);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        // The half that is sent is a whole object, and what is missing are blanks. So many that the gateway waits for minutes
        // before the body is too slow for it.
        var body = new HalfContent(Encoding.UTF8.GetBytes(json.PadRight(800_000)))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        };
        var stalled = gateway.Http.PostAsync(path, body, end.Token);

        await CreateAsync();
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stalled);
        await CreateAsync();

        var list = await gateway.Http.GetFromJsonAsync<JsonElement>("/jobs", cancel);
        Assert.Equal(2, list.GetProperty("jobs").GetArrayLength());

        async Task CreateAsync()
        {
            using var created = await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", new { prompt = "a train" }, cancel);
            created.EnsureSuccessStatusCode();
        }
    }
}
