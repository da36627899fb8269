using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Files;
using Rushes.Tests.Admin;
using Xunit;

namespace Rushes.Tests.Files;

/// <summary>Account 1 and account 10: the number of one begins the number of the other.</summary>
public sealed class FileOwnerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("inputs/a10/1/x.png", 10)]
    [InlineData("inputs/a1/1/x.png", 1)]
    [InlineData("inputs/a1", null)]
    [InlineData("inputs/b1/x.png", null)]
    [InlineData("inputs/a-1/x.png", null)]
    public void A_key_names_one_account(string key, int? owner)
    {
        Assert.Equal(owner, FileOwner.AccountOf(key));
        foreach (var account in (int[])[1, 10, 100]) Assert.Equal(account == owner, FileOwner.Owns(account, key));
    }

    [Fact]
    public async Task The_files_of_account_10_are_not_those_of_account_1()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var account = 1;
        for (var i = 2; account < 10; i++) account = await gateway.Http.AddAccountAsync($"customer {i}", "default", Cancel);
        Assert.Equal(10, account);
        using var tenth = AdminApi.With(gateway.Origin, (await gateway.Http.AddKeyAsync(10, Cancel)).Key);
        var picture = Convert.FromBase64String(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
        var links = await tenth.CallAsync(
            HttpMethod.Post, "/storage/upload/initiate", new { content_type = "image/png", file_name = "a.png" }, Cancel);
        using (var put = await tenth.PutAsync(links.GetProperty("upload_url").GetString(), new ByteArrayContent(picture), Cancel))
            Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        var file = new Uri(links.GetProperty("file_url").GetString()!).AbsolutePath.TrimStart('/');
        Assert.Contains("/a10/", file, StringComparison.Ordinal);

        foreach (var (http, isOwner) in new[] { (gateway.Http, false), (tenth, true) })
        {
            using var used = await http.PostAsJsonAsync(
                "/queue/wan22-fast-i2v?dry_run=true", new { prompt = "a", data_uri = $"s3://{file}" }, Cancel);
            Assert.Equal(isOwner ? HttpStatusCode.OK : HttpStatusCode.BadRequest, used.StatusCode);
            using var download = await http.GetAsync($"/fal/download/{file}", Cancel);
            Assert.Equal(isOwner, download.IsSuccessStatusCode);
            using var link = await http.PostAsJsonAsync(
                "/api/v1/common/download-url", new { url = $"{gateway.Origin}/{file}" }, Cancel);
            var answer = await link.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            Assert.Equal(isOwner ? 200 : 422, answer.GetProperty("code").GetInt32());
        }
    }
}
