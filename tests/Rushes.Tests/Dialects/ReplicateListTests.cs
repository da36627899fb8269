using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>Pages of the list of predictions, repeated requests and dry runs in the Replicate API.</summary>
public sealed class ReplicateListTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_has_100_predictions_and_the_url_of_the_next_one()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        await Task.WhenAll(Enumerable.Range(0, 101).Select(_ => CreateAsync(gateway, "")));

        var first = await gateway.Http.GetFromJsonAsync<JsonElement>("/v1/predictions?source=api", Cancel);
        var next = first.GetProperty("next").GetString()!;
        var last = await gateway.Http.GetFromJsonAsync<JsonElement>(next, Cancel);

        Assert.StartsWith($"{gateway.Origin}/v1/predictions?source=api&cursor=", next, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, last.GetProperty("next").ValueKind);
        Assert.Equal([100, 1], [IdsOf(first).Count(), IdsOf(last).Count()]);
        Assert.Equal(101, IdsOf(first).Concat(IdsOf(last)).Distinct().Count());
        var later = "/v1/predictions?created_after=2100-01-01T00:00:00Z";
        Assert.Empty(IdsOf(await gateway.Http.GetFromJsonAsync<JsonElement>(later, Cancel)));
    }

    [Fact]
    public async Task A_repeated_request_is_the_same_prediction_and_a_dry_run_none()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var dry = await CreateAsync(gateway, "?dry_run=true");
        Assert.True(dry.GetProperty("dry_run").GetBoolean());

        gateway.Http.DefaultRequestHeaders.Add("Idempotency-Key", "order-1");
        var (once, again) = (await CreateAsync(gateway, ""), await CreateAsync(gateway, ""));
        Assert.Equal(once.GetProperty("id").GetString(), again.GetProperty("id").GetString());
        Assert.Equal("starting", again.GetProperty("status").GetString());
        Assert.Single(IdsOf(await gateway.Http.GetFromJsonAsync<JsonElement>("/v1/predictions", Cancel)));
        using var other = await gateway.Http.PostAsJsonAsync("/v1/predictions", Request("Another"), Cancel);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
    }

    private static async Task<JsonElement> CreateAsync(TestGateway gateway, string query)
    {
        using var created = await gateway.Http.PostAsJsonAsync("/v1/predictions" + query, Request("A paper boat"), Cancel);
        Assert.True(created.IsSuccessStatusCode, await created.Content.ReadAsStringAsync(Cancel));
        return await created.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    private static object Request(string prompt) => new { version = "rushes/wan22-fast-t2v", input = new { prompt } };

    private static IEnumerable<string?> IdsOf(JsonElement page) =>
        page.GetProperty("results").EnumerateArray().Select(prediction => prediction.GetProperty("id").GetString());
}
