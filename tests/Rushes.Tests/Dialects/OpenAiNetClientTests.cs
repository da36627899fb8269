using System.ClientModel;
using System.Net;
using System.Text.Json;
using OpenAI.Videos;
using Rushes.Server.Settings;
using Rushes.Tests.Scenarios;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>OpenAI's own client for .NET, from NuGet, against a whole gateway.</summary>
public sealed class OpenAiNetClientTests(ScenarioMedia media) : IClassFixture<ScenarioMedia>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_works_with_only_its_endpoint_and_key_changed()
    {
        var options = new GatewayOptions { OpenaiModels = "sora-2=wan22-fast-t2v+wan22-fast-i2v" };
        await using var gateway = await TestGateway.StartAsync(workers: 1, Cancel, options: options);
        var client = new VideoClient(
            new ApiKeyCredential(TestGateway.Key), new VideoClientOptions { Endpoint = new Uri($"{gateway.Origin}/v1") });

        var source = await EndedAsync(client, await CreateAsync(client));
        Assert.Equal("completed", source.GetProperty("status").GetString());
        var id = source.GetProperty("id").GetString()!;

        var video = (await client.DownloadVideoAsync(id)).GetRawResponse();
        Assert.Equal("video/mp4", video.Headers.TryGetValue("Content-Type", out var type) ? type : null);
        Assert.Equal("ftyp"u8, video.Content.ToMemory().Span[4..8]);
        var sheet = (await client.DownloadVideoAsync(id, "spritesheet")).GetRawResponse();
        Assert.Equal("WEBP"u8, sheet.Content.ToMemory().Span[8..12]);

        var remix = Read(await client.CreateVideoRemixAsync(
            id, BinaryContent.CreateJson(new { prompt = "A paper boat in a storm" }), "application/json"));
        Assert.Equal(id, remix.GetProperty("remixed_from_video_id").GetString());

        // This version of the package requests one page.
        var newest = remix.GetProperty("id").GetString();
        Assert.Equal([newest], await ListAsync(client, after: null));
        Assert.Equal([id], await ListAsync(client, after: newest));

        Assert.True(Read(await client.DeleteVideoAsync(id)).GetProperty("deleted").GetBoolean());
        var unknown = await Assert.ThrowsAsync<ClientResultException>(() => client.GetVideoAsync(id));
        Assert.Equal((int)HttpStatusCode.NotFound, unknown.Status);
    }

    /// <summary>With an image, as a form.</summary>
    private async Task<JsonElement> CreateAsync(VideoClient client)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("sora-2"), "model" },
            { new StringContent("A paper boat"), "prompt" },
            { new StringContent("1"), "seconds" },
            { new ByteArrayContent(Convert.FromBase64String(media.Base64["picture"])), "input_reference", "boat.jpg" },
        };
        var body = BinaryContent.Create(await form.ReadAsStreamAsync(Cancel));
        return Read(await client.CreateVideoAsync(body, form.Headers.ContentType!.ToString()));
    }

    private static Task<JsonElement> EndedAsync(VideoClient client, JsonElement video) => Eventually.ReadAsync(
        async () => Read(await client.GetVideoAsync(video.GetProperty("id").GetString()!)),
        video => video.GetProperty("status").GetString() is not ("queued" or "in_progress"),
        Cancel);

    private static async Task<List<string?>> ListAsync(VideoClient client, string? after)
    {
        var listed = new List<string?>();
        await foreach (var page in client.GetVideosAsync(limit: 1, after: after).GetRawPagesAsync())
            listed.AddRange(Read(page).GetProperty("data").EnumerateArray().Select(each => each.GetProperty("id").GetString()));
        return listed;
    }

    private static JsonElement Read(ClientResult result) => JsonElement.Parse(result.GetRawResponse().Content.ToMemory().Span);
}
