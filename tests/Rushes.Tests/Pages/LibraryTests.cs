using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Server.Console;
using Rushes.Tests.Admin;
using Xunit;

namespace Rushes.Tests.Pages;

/// <summary>The gallery's tags, presets, share links and last frames.</summary>
public sealed class LibraryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_share_link_shows_the_video_to_anyone_until_the_job_is_deleted()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        var id = await FinishedAsync(gateway, "A secret fox");
        using var shared = await gateway.Http.PostAsJsonAsync($"/console/api/jobs/{id}/share", new { hours = 2 }, Cancel);
        var link = (await shared.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("url").GetString()!;

        using var stranger = new HttpClient();
        using var page = await stranger.GetAsync(link, Cancel);
        var html = await page.Content.ReadAsStringAsync(Cancel);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.DoesNotContain("fox", html, StringComparison.Ordinal);
        Assert.Contains(
            "default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        var video = WebUtility.HtmlDecode(html.Split("<video src=\"")[1].Split('"')[0]);
        Assert.Equal("video/mp4", (await stranger.GetAsync(video, Cancel)).Content.Headers.ContentType?.MediaType);

        using var forged = await stranger.GetAsync(link[..^6] + "AAAAAA", Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        foreach (var hours in new[] { 0, 721 })
        {
            using var rejected = await gateway.Http.PostAsJsonAsync($"/console/api/jobs/{id}/share", new { hours }, Cancel);
            Assert.Equal(HttpStatusCode.BadRequest, rejected.StatusCode);
        }

        using var deleted = await gateway.Http.DeleteAsync($"/console/api/jobs/{id}", Cancel);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var missing = await stranger.GetAsync(link, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task A_share_link_of_a_suspended_account_shows_nothing_until_it_is_enabled_again()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        var account = await gateway.Http.AddAccountAsync("acme", "default", Cancel);
        var (_, key) = await gateway.Http.AddKeyAsync(account, Cancel);
        using var client = AdminApi.With(gateway.Origin, key);
        var id = await FinishedAsync(client, "A fox");
        using var shared = await client.PostAsJsonAsync($"/console/api/jobs/{id}/share", new { hours = 2 }, Cancel);
        var link = (await shared.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("url").GetString()!;
        using var stranger = new HttpClient();
        foreach (var suspended in new[] { true, false })
        {
            await gateway.Http.CallAsync(HttpMethod.Patch, $"/admin/accounts/{account}", new { suspended }, Cancel);
            using var page = await stranger.GetAsync(link, Cancel);
            Assert.Equal(suspended ? HttpStatusCode.NotFound : HttpStatusCode.OK, page.StatusCode);
            Assert.Equal(
                !suspended, (await page.Content.ReadAsStringAsync(Cancel)).Contains("<video", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_token_ends_and_belongs_to_one_installation()
    {
        var clock = new FakeClock();
        var links = new ShareLinks(new byte[32], clock);
        var end = clock.GetUtcNow() + TimeSpan.FromHours(1);
        var token = links.TokenOf(7, end);
        Assert.Equal(7, links.Read(token)?.Job);
        var others = new byte[32];
        others[0] = 1;
        Assert.Null(new ShareLinks(others, clock).Read(token));
        foreach (var text in new[] { "", "x", token + "A", token + "=", token + " ", token[1..] }) Assert.Null(links.Read(text));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(links.Read(token));
    }

    [Fact]
    public async Task The_gallery_has_finished_videos_by_tag_and_only_the_accounts_own()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        var first = await FinishedAsync(gateway, "A fox");
        var second = await FinishedAsync(gateway, "A hare");
        using var tagged = await gateway.Http.PutAsJsonAsync(
            $"/console/api/jobs/{first}/tags", new { tags = new[] { "favorite", " sea " } }, Cancel);
        Assert.Equal(HttpStatusCode.NoContent, tagged.StatusCode);
        Assert.Equal([second, first], await IdsAsync("gallery"));
        Assert.Equal([first], await IdsAsync("gallery?tag=sea"));
        Assert.Equal([first], await IdsAsync($"gallery?before={second}"));
        foreach (var tags in new object?[] { null, new[] { "" }, new[] { "a\nb" }, new[] { new string('a', 41) } })
        {
            using var rejected = await gateway.Http.PutAsJsonAsync($"/console/api/jobs/{first}/tags", new { tags }, Cancel);
            Assert.Equal(HttpStatusCode.BadRequest, rejected.StatusCode);
        }

        using var half = await gateway.Http.PutAsync(
            "/console/api/presets/half", new StringContent(@"{""prompt"": ""\ud800""}"), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, half.StatusCode);

        // Operators list jobs of all accounts elsewhere; here is only their own account.
        await gateway.Http.AddAccountAsync("acme", "default", Cancel);
        using var made = await gateway.Http.PostAsJsonAsync(
            "/admin/keys", new { account = "acme", name = "all", scopes = new[] { "submit", "read", "admin" } }, Cancel);
        var key = (await made.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("key").GetString();
        gateway.Http.DefaultRequestHeaders.Remove("Authorization");
        gateway.Http.DefaultRequestHeaders.Add("Authorization", $"Bearer {key}");
        Assert.Empty(await IdsAsync("gallery"));
        Assert.Empty(await IdsAsync("gallery?tag=sea"));
        using var others = await gateway.Http.PutAsJsonAsync(
            $"/console/api/jobs/{first}/tags", new { tags = Array.Empty<string>() }, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, others.StatusCode);

        async Task<long[]> IdsAsync(string path)
        {
            var gallery = await gateway.Http.GetFromJsonAsync<JsonElement>($"/console/api/{path}", Cancel);
            return [.. gallery.GetProperty("items").EnumerateArray().Select(
                item => item.GetProperty("job").GetProperty("id").GetInt64())];
        }
    }

    [Fact]
    public async Task The_last_frame_of_a_video_starts_another()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        var id = await FinishedAsync(gateway, "A fox");
        using var made = await gateway.Http.PostAsync($"/console/api/jobs/{id}/last-frame", null, Cancel);
        var frame = await made.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal((832, 480), (frame.GetProperty("width").GetInt32(), frame.GetProperty("height").GetInt32()));
        using var created = await gateway.Http.PostAsJsonAsync(
            "/console/api/models/wan22-fast-i2v/jobs",
            new { prompt = "It runs", duration = 0.5, data_uri = frame.GetProperty("uri").GetString() }, Cancel);
        Assert.True(created.IsSuccessStatusCode, await created.Content.ReadAsStringAsync(Cancel));
    }

    private static Task<long> FinishedAsync(TestGateway gateway, string prompt) => FinishedAsync(gateway.Http, prompt);

    private static async Task<long> FinishedAsync(HttpClient client, string prompt)
    {
        using var created = await client.PostAsJsonAsync(
            "/console/api/models/wan22-fast-t2v/jobs", new { prompt, duration = 0.5 }, Cancel);
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetInt64();
        Assert.Equal("completed", await Eventually.ReadAsync(
            async () => (await client.GetFromJsonAsync<JsonElement>($"/console/api/jobs/{id}", Cancel))
                .GetProperty("job").GetProperty("state").GetString(),
            state => state is not ("queued" or "running"), Cancel));
        return id;
    }
}
