using System.Net;
using System.Text.Json;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Dialects;

public sealed class StartTimeoutTests
{
    [Fact]
    public async Task A_start_timeout_is_kept_however_long_a_worker_may_be_silent()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var gateway = await TestGateway.StartAsync(0, cancel, options: new GatewayOptions { LeaseSeconds = 3600 });
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            "/fal-ai/wan/v2.2-a14b/text-to-video") { Content = new StringContent(
                """{"prompt": "a"}""", null, "application/json") };
        request.Headers.Add("X-Fal-Request-Timeout", "0.1");
        using var created = await gateway.Http.SendAsync(request, cancel);
        using var body = JsonDocument.Parse(await created.Content.ReadAsStringAsync(cancel));

        // Its stream ends when the request does.
        await gateway.Http.GetStringAsync(body.RootElement.GetProperty("status_url").GetString() + "/stream", cancel);

        using var result = await gateway.Http.GetAsync(body.RootElement.GetProperty("response_url").GetString(), cancel);
        Assert.Equal(HttpStatusCode.GatewayTimeout, result.StatusCode);
    }
}
