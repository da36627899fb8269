using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Rushes.Tests.Admin;

/// <summary>Calls of the admin API for tests; each must succeed.</summary>
internal static class AdminApi
{
    extension(HttpClient http)
    {
        public async Task<int> AddAccountAsync(string name, string plan, CancellationToken cancel) =>
            (await http.CallAsync(HttpMethod.Post, "/admin/accounts", new { name, plan }, cancel)).GetProperty("id").GetInt32();

        public async Task<(long Id, string Key)> AddKeyAsync(
            int account, CancellationToken cancel, string[]? scopes = null, string[]? networks = null)
        {
            var made = await http.CallAsync(
                HttpMethod.Post, "/admin/keys", new { account, name = "a key", scopes, networks }, cancel);
            return (made.GetProperty("id").GetInt64(), made.GetProperty("key").GetString()!);
        }

        public Task<JsonElement> AddCreditAsync(int account, decimal amount, CancellationToken cancel) =>
            http.CallAsync(HttpMethod.Post, $"/admin/accounts/{account}/credit", new { amount, note = "a gift" }, cancel);

        public async Task<List<JsonElement>> StatementAsync(int account, CancellationToken cancel) =>
            [.. (await http.CallAsync(HttpMethod.Get, $"/admin/accounts/{account}/statement?format=json", null, cancel))
                .EnumerateArray()];

        public async Task<JsonElement> CallAsync(HttpMethod method, string path, object? body, CancellationToken cancel)
        {
            using var answer = await http.SendAsync(
                new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) }, cancel);
            var text = await answer.Content.ReadAsStringAsync(cancel);
            if (!answer.IsSuccessStatusCode)
                throw new InvalidOperationException($"{method} {path}: {(int)answer.StatusCode} {text}");
            return JsonDocument.Parse(text).RootElement;
        }
    }

    public static HttpClient With(string origin, string? key)
    {
        var http = new HttpClient { BaseAddress = new Uri(origin) };
        if (key is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }
}
