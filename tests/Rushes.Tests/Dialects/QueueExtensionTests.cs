using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rushes.Server.Settings;
using Rushes.Tests.Scenarios;
using Rushes.Tests.Webhooks;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>Links as inputs, callbacks and idempotency keys in the queue dialect.</summary>
public sealed class QueueExtensionTests(ScenarioMedia media) : IClassFixture<ScenarioMedia>
{
    private const string Create = "/queue/wan22-fast-t2v";

    private static readonly GatewayOptions Loopback = new() { FetchAllow = "127.0.0.0/8" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_picture_behind_a_link_is_fetched_while_the_request_is_made()
    {
        await using var receiver = await TestReceiver.StartAsync(
            (http, _) => http.Response.Body.WriteAsync(Convert.FromBase64String(media.Base64["picture"])).AsTask());
        await using var gateway = await TestGateway.StartAsync(0, Cancel, options: Loopback);

        using var answer = await gateway.Http.PostAsJsonAsync(
            "/queue/wan22-fast-i2v", new { prompt = "a", data_uri = receiver.Url }, Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(1, receiver.Count);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/picture.jpg")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    [InlineData("http://2130706433/")]
    [InlineData("https://localhost/")]
    public async Task A_link_into_the_private_network_is_rejected_by_its_field(string link)
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var answer = await gateway.Http.PostAsJsonAsync(
            "/queue/wan22-fast-i2v", new { prompt = "a", data_uri = link }, Cancel);
        Assert.Equal((HttpStatusCode.BadRequest, "data_uri"), (answer.StatusCode, await FieldAsync(answer)));

        using var hook = await gateway.Http.PostAsJsonAsync(Create, new { prompt = "a", webhook_url = link }, Cancel);
        Assert.Equal((HttpStatusCode.BadRequest, "webhook_url"), (hook.StatusCode, await FieldAsync(hook)));
    }

    [Fact]
    public async Task A_result_is_an_input_by_its_link_and_by_its_address_without_being_fetched()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        using var create = new HttpRequestMessage(
            HttpMethod.Post,
            Create) { Content = JsonContent.Create(new { prompt = "a", duration = 0.5, width = 512, height = 512 }) };
        create.Headers.Add("x-pipelet-output", "binary");
        using var created = await gateway.Http.SendAsync(create, Cancel);
        var status = await EndAsync(gateway, await IdAsync(created));
        var address = status.GetProperty("statusMessages").GetProperty("result_uri").GetString()!;
        var result = await gateway.Http.GetFromJsonAsync<JsonElement>($"{Create}/requests/1", Cancel);
        var link = result.GetProperty("video").GetProperty("data_url").GetString()!;

        foreach (var input in new[] { link, address })
        {
            using var answer = await gateway.Http.PostAsJsonAsync("/queue/hunyuan-foley", new { data_uri = input }, Cancel);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        using var strange = await gateway.Http.PostAsJsonAsync(
            "/queue/hunyuan-foley", new { data_uri = address.Replace("/a1/", "/a2/", StringComparison.Ordinal) }, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, strange.StatusCode);
    }

    [Fact]
    public async Task The_same_key_and_body_is_the_same_request_also_after_a_restart()
    {
        using var data = new TempFolder();
        string first;
        await using (var gateway = await TestGateway.StartAsync(0, Cancel, data.Path))
        {
            using var answer = await SendAsync(gateway, "key-1", "a cat");
            first = await IdAsync(answer);
            using var other = await SendAsync(gateway, "key-1", "a dog");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        }
        await using var again = await TestGateway.StartAsync(0, Cancel, data.Path);
        using var replay = await SendAsync(again, "key-1", "a cat");
        Assert.Equal(first, await IdAsync(replay));
        using var fresh = await SendAsync(again, "key-2", "a cat");
        Assert.NotEqual(first, await IdAsync(fresh));
    }

    [Fact]
    public async Task Names_and_values_that_join_to_the_same_text_are_different_requests()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var first = await SendAsync(gateway, "key-1", new { prompt = "a cat", x = 1, y = 2 });
        using var other = await SendAsync(gateway, "key-1", new { prompt = "a cat", x1y = 2 });
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.UnprocessableEntity), (first.StatusCode, other.StatusCode));
    }

    [Fact]
    public async Task A_request_is_the_same_after_a_restart()
    {
        using var data = new TempFolder();
        string first;
        await using (var gateway = await TestGateway.StartAsync(0, Cancel, data.Path))
        {
            using var answer = await SendAsync(gateway, "key-1", "a cat");
            first = await IdAsync(answer);
        }

        await using var again = await TestGateway.StartAsync(0, Cancel, data.Path);
        using var replay = await SendAsync(again, "key-1", "a cat");
        Assert.Equal(first, await IdAsync(replay));
        using var other = await SendAsync(again, "key-1", "a dog");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
    }

    [Fact]
    public async Task Fifty_at_once_with_one_key_make_one_request()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => SendAsync(gateway, "key", "a cat")));
        Assert.Single((await Task.WhenAll(answers.Select(IdAsync))).Distinct());
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task The_end_of_a_job_is_told_and_signed_and_logged_for_its_owner()
    {
        await using var receiver = await TestReceiver.AnsweringAsync(200);
        await using var gateway = await TestGateway.StartAsync(0, Cancel, options: Loopback);
        using var created = await gateway.Http.PostAsJsonAsync(Create, new { prompt = "a", webhook_url = receiver.Url }, Cancel);
        var id = await IdAsync(created);
        using var cancelled = await gateway.Http.PutAsync($"{Create}/requests/{id}/cancel", null, Cancel);

        var received = await receiver.NextAsync();

        using var body = JsonDocument.Parse(received.Body);
        Assert.Equal(
            (id, "CANCELLED"),
            (body.RootElement.GetProperty("request_id").GetString(), body.RootElement.GetProperty("status").GetString()));
        var secret = (await gateway.Http.GetFromJsonAsync<JsonElement>("/webhooks/secret", Cancel))
            .GetProperty("secret").GetString()!;
        var signed = Encoding.UTF8.GetBytes($"{received.Headers["webhook-id"]}.{received.Headers["webhook-timestamp"]}.")
            .Concat(received.Body)
            .ToArray();
        Assert.Equal(
            "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), signed)),
            received.Headers["webhook-signature"]);
        // One that is sent again before its try is recorded counts as sent by that try.
        var log = await Eventually.ReadAsync(
            () => gateway.Http.GetFromJsonAsync<JsonElement>($"/webhooks/jobs/{id}", Cancel),
            log => log.GetProperty("deliveries")[0].GetProperty("state").GetString() == "delivered", Cancel);
        var delivery = log.GetProperty("deliveries")[0].GetProperty("id").GetInt64();
        using var redelivered = await gateway.Http.PostAsync($"/webhooks/deliveries/{delivery}/redeliver", null, Cancel);
        Assert.Equal(HttpStatusCode.Accepted, redelivered.StatusCode);
        Assert.Equal(received.Headers["webhook-id"], (await receiver.NextAsync()).Headers["webhook-id"]);
    }

    [Fact]
    public async Task A_callback_lost_to_a_kill_between_commit_and_answer_arrives_after_the_restart()
    {
        using var data = new TempFolder();
        await using var receiver = await TestReceiver.StartAsync(async (http, number) =>
        {
            if (number > 1) return;
            var disconnected = new TaskCompletionSource();
            http.RequestAborted.Register(disconnected.SetResult);
            await disconnected.Task;
        });
        string id;
        await using (var gateway = await GatewayProcess.StartAsync(data.Path, 0, Cancel, "--fetch-allow", "127.0.0.0/8"))
        {
            using var created = await gateway.Http.PostAsJsonAsync(
                Create, new { prompt = "a", webhook_url = receiver.Url }, Cancel);
            id = await IdAsync(created);
            using var cancelled = await gateway.Http.PutAsync($"{Create}/requests/{id}/cancel", null, Cancel);
            await receiver.NextAsync();
            await gateway.KillAsync();
        }

        await using var again = await TestGateway.StartAsync(
            0, Cancel, data.Path, new GatewayOptions { FetchAllow = "127.0.0.0/8" });

        Assert.Contains(
            $"\"request_id\":\"{id}\"", Encoding.UTF8.GetString((await receiver.NextAsync()).Body), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> SendAsync(TestGateway gateway, string key, string prompt) =>
        SendAsync(gateway, key, new { prompt });

    private static async Task<HttpResponseMessage> SendAsync(TestGateway gateway, string key, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Create) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        return await gateway.Http.SendAsync(request, Cancel);
    }

    private static async Task<string> IdAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;

    private static async Task<string?> FieldAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).TryGetProperty("field", out var field)
            ? field.GetString()
            : null;

    private static Task<JsonElement> EndAsync(TestGateway gateway, string id) => Eventually.EndedAsync(gateway.Http, id, Cancel);
}
