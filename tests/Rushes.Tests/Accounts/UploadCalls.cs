using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace Rushes.Tests.Accounts;

/// <summary>Uploads through fal's storage.</summary>
internal static class UploadCalls
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<string> LinkAsync(HttpClient http)
    {
        using var begun = await http.PostAsJsonAsync(
            "/storage/upload/initiate", new { content_type = "image/png", file_name = "a.png" }, Cancel);
        Assert.True(begun.IsSuccessStatusCode, await begun.Content.ReadAsStringAsync(Cancel));
        return (await begun.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("upload_url").GetString()!;
    }

    public static async Task<(string Upload, string File)> BeginPartsAsync(HttpClient http, string name)
    {
        using var begun = await http.PostAsJsonAsync(
            "/storage/upload/initiate-multipart", new { content_type = "audio/wav", file_name = name }, Cancel);
        var urls = await begun.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        return (urls.GetProperty("upload_url").GetString()!, urls.GetProperty("file_url").GetString()!);
    }

    public static string PartUrl(string upload, string part) => upload.Replace("?", $"/{part}?", StringComparison.Ordinal);

    public static async Task<string> PutPartAsync(string upload, int number, byte[] content)
    {
        using var put = await PutAsync(PartUrl(upload, $"{number}"), content);
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync(Cancel));
        var part = await put.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(number, part.GetProperty("partNumber").GetInt32());
        return part.GetProperty("etag").GetString()!;
    }

    public static async Task<HttpResponseMessage> CompleteAsync(string upload, params (int Number, string Tag)[] parts)
    {
        using var stranger = new HttpClient();
        return await stranger.PostAsJsonAsync(
            PartUrl(upload, "complete"),
            new { parts = parts.Select(part => new { partNumber = part.Number, etag = part.Tag }) }, Cancel);
    }

    /// <summary>As anybody who has the link.</summary>
    public static async Task<HttpResponseMessage> PutAsync(string link, byte[] content)
    {
        using var stranger = new HttpClient();
        return await stranger.PutAsync(link, new ByteArrayContent(content), Cancel);
    }
}
