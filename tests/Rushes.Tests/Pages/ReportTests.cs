using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Rushes.Tests.Admin;
using Xunit;

namespace Rushes.Tests.Pages;

/// <summary>Reports of misuse: by the key of the video's account and by share links, and their list for operators.</summary>
public sealed class ReportTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_video_is_reported_by_key_and_by_share_link_and_an_operator_closes_the_reports()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        var id = await MakeAsync(gateway);
        using var shared = await gateway.Http.PostAsJsonAsync($"/console/api/jobs/{id}/share", new { hours = 2 }, Cancel);
        var link = (await shared.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("url").GetString()!;
        using var anyone = new HttpClient { BaseAddress = new Uri(gateway.Origin) };
        var page = await anyone.GetStringAsync(new Uri(link), Cancel);
        Assert.Contains($"action=\"{new Uri(link).AbsolutePath}/report\"", page, StringComparison.Ordinal);

        using var byKey = await gateway.Http.PostAsJsonAsync("/report", new { job = id, reason = "other" }, Cancel);
        Assert.Equal(HttpStatusCode.Accepted, byKey.StatusCode);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["reason"] = "person", ["details"] = "It is me.", ["contact"] = "",
        });
        using var byForm = await anyone.PostAsync(new Uri(link + "/report"), form, Cancel);
        Assert.Contains("Thank you", await byForm.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        using var unread = new StringContent("reason=other", Encoding.UTF8, "application/x-www-form-urlencoded");
        unread.Headers.ContentType!.CharSet = "utf-7";
        using var rejected = await anyone.PostAsync(new Uri(link + "/report"), unread, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, rejected.StatusCode);

        var open = await ListAsync("closed=false");
        Assert.Equal(["person", "other"], open.Select(report => report.GetProperty("reason").GetString()));
        Assert.Equal("share link", open[0].GetProperty("reporter").GetString());
        Assert.Equal("It is me.", open[0].GetProperty("details").GetString());
        Assert.Equal(JsonValueKind.Null, open[0].GetProperty("contact").ValueKind);
        Assert.Equal("first", open[1].GetProperty("account").GetString());
        await gateway.Http.CallAsync(
            HttpMethod.Post, $"/admin/reports/{open[0].GetProperty("id")}/close", new { note = "deleted" }, Cancel);
        Assert.Single(await ListAsync("closed=false"));
        Assert.Equal("deleted", Assert.Single(await ListAsync("closed=true")).GetProperty("note").GetString());

        async Task<List<JsonElement>> ListAsync(string query) =>
            [.. (await gateway.Http.CallAsync(HttpMethod.Get, $"/admin/reports?{query}", null, Cancel))
                .GetProperty("reports").EnumerateArray()];
    }

    [Fact]
    public async Task A_report_is_checked_and_limited()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        var id = await MakeAsync(gateway);
        foreach (var (body, field) in new (object, string)[]
        {
            (new { reason = "other" }, "job"), (new { job = id }, "reason"), (new { job = id, reason = "boring" }, "reason"),
            (new { job = id, reason = "other", details = new string('a', 2001) }, "details"),
            (new { job = id, reason = "other", contact = "a\0b" }, "contact"),
        })
        {
            using var rejected = await gateway.Http.PostAsJsonAsync("/report", body, Cancel);
            Assert.Equal(HttpStatusCode.BadRequest, rejected.StatusCode);
            var error = await rejected.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            Assert.Equal(field, error.GetProperty("field").GetString());
        }

        using var shared = await gateway.Http.PostAsJsonAsync($"/console/api/jobs/{id}/share", new { hours = 2 }, Cancel);
        var link = (await shared.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("url").GetString()!;
        using var anyone = new HttpClient();
        for (var sent = 0; sent < 5; sent++) Assert.Equal(HttpStatusCode.Accepted, await ReportAsync());
        Assert.Equal(HttpStatusCode.TooManyRequests, await ReportAsync());

        async Task<HttpStatusCode> ReportAsync()
        {
            using var answer = await anyone.PostAsJsonAsync(link + "/report", new { reason = "copyright" }, Cancel);
            return answer.StatusCode;
        }
    }

    private static async Task<string> MakeAsync(TestGateway gateway)
    {
        using var created = await gateway.Http.PostAsJsonAsync(
            "/queue/wan22-fast-t2v", new { prompt = "a boat", duration = 1, resolution = "480p" }, Cancel);
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
        await Eventually.EndedAsync(gateway.Http, id, Cancel);
        return id;
    }
}
