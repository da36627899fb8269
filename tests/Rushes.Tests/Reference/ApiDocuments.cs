using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rushes.Tests.Reference;

/// <summary>The OpenAPI documents of a gateway, for checking calls.</summary>
internal sealed class ApiDocuments(IReadOnlyDictionary<string, JsonElement> documents)
{
    public static readonly string[] Dialects = ["queue", "fal", "kie", "pixazo", "openai", "replicate", "openrouter"];

    public static async Task<ApiDocuments> ReadAsync(HttpClient http, CancellationToken cancel)
    {
        var documents = new Dictionary<string, JsonElement>();
        foreach (var dialect in Dialects)
            documents[dialect] = JsonElement.Parse(await http.GetStringAsync($"/openapi/{dialect}.json", cancel));
        return new ApiDocuments(documents);
    }

    public IReadOnlyDictionary<string, JsonElement> All => documents;

    public IEnumerable<(string Method, string Path)> Calls => documents.Values
        .SelectMany(document => document.GetProperty("paths").EnumerateObject())
        .SelectMany(path => path.Value.EnumerateObject().Select(call => (call.Name.ToUpperInvariant(), path.Name)));

    /// <summary>Null if the call matches its document. A successful call must be documented.</summary>
    public string? Differs(HttpRequestMessage request, string? sent, HttpResponseMessage answer, string received)
    {
        var path = Uri.UnescapeDataString((request.RequestUri!.IsAbsoluteUri
            ? request.RequestUri : new Uri(new Uri("http://here"), request.RequestUri)).AbsolutePath);
        if (path == "/api/fal/proxy") return null;
        var scheme = request.Headers.Authorization?.Scheme;
        var found = documents.Where(document => (scheme == "Key") == (document.Key == "fal") || scheme is null)
            .Select(document => (Document: document.Value, Call: Find(document.Value, request.Method.Method, path)))
            .Where(one => one.Call is not null).ToArray();
        // Links to files are no dialect's, and paths that lead nowhere are rejected.
        if (found.Length == 0)
            return !answer.IsSuccessStatusCode || path.StartsWith("/rushes-files/", StringComparison.Ordinal)
                ? null
                : "no document has this call";
        var differences = found.Select(one => Differs(one.Document, one.Call!.Value, sent, answer, received)).ToArray();
        return differences.Contains(null) ? null : differences[0];
    }

    private static string? Differs(
        JsonElement document, JsonElement call, string? sent, HttpResponseMessage answer, string received)
    {
        if (sent is not null && answer.IsSuccessStatusCode)
        {
            if (!call.TryGetProperty("requestBody", out var body)) return "the call takes no body";
            if (new SchemaCheck(document, closed: false).Differs(SchemaOf(body)!.Value, JsonElement.Parse(sent)) is { } wrong)
                return $"request {wrong}";
        }
        var (code, answers) = ((int)answer.StatusCode, call.GetProperty("responses"));
        if (!answers.TryGetProperty($"{code}", out var due) && !answers.TryGetProperty($"{code / 100}XX", out due))
            return $"status {code} is not documented";
        if (SchemaOf(due) is not { } schema) return null;
        return new SchemaCheck(document, closed: true).Differs(schema, JsonElement.Parse(received)) is { } difference
            ? $"answer {difference}"
            : null;
    }

    private static JsonElement? SchemaOf(JsonElement message) =>
        message.TryGetProperty("content", out var content) && content.TryGetProperty("application/json", out var json)
            ? json.GetProperty("schema")
            : null;

    /// <summary>Paths without variables are matched first.</summary>
    private static JsonElement? Find(JsonElement document, string method, string path)
    {
        foreach (var known in document.GetProperty("paths").EnumerateObject()
            .OrderBy(known => known.Name.Count(letter => letter == '{')))
            if (Regex.IsMatch(path, Pattern(known.Name)) && known.Value.TryGetProperty(method.ToLowerInvariant(), out var call))
                return call;
        return null;
    }

    // The last part may hold slashes where it is the key of a file.
    private static string Pattern(string path) =>
        "^" + Regex.Replace(Regex.Escape(path).Replace(@"\{key}", ".+", StringComparison.Ordinal), @"\\\{[^}]+}", "[^/]+") + "$";
}
