using System.Text;
using System.Text.Json;
using Rushes.Server.Settings;
using Rushes.Tests.Reference;
using Xunit;

namespace Rushes.Tests.Scenarios;

/// <summary>Every example of the documents, played against a real gateway.</summary>
public sealed class ScenarioTests(ScenarioMedia media) : IClassFixture<ScenarioMedia>
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Scenarios");

    public static TheoryData<string> Files() =>
        [.. Directory.EnumerateFiles(Folder, "*.txt", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Folder, path)).Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Goes_as_written(string file)
    {
        var cancel = TestContext.Current.CancellationToken;
        var scenario = Scenario.Parse(file, await File.ReadAllTextAsync(Path.Combine(Folder, file), cancel));
        await using var gateway = await TestGateway.StartAsync(
            scenario.Workers, cancel, options: new GatewayOptions { FetchAllow = "127.0.0.0/8" });
        var kept = new Dictionary<string, string>(media.Base64.Concat(media.Links))
        {
            ["key"] = TestGateway.Key, ["origin"] = gateway.Origin, ["host"] = new Uri(gateway.Origin).Authority,
        };
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Origin) };
        var documents = await ApiDocuments.ReadAsync(http, cancel);
        foreach (var exchange in scenario.Exchanges) await PlayAsync(http, exchange, new Golden(kept), documents, cancel);
    }

    private static async Task PlayAsync(
        HttpClient http, Exchange exchange, Golden golden, ApiDocuments documents, CancellationToken cancel)
    {
        while (true)
        {
            using var request = Request(exchange, golden);
            using var answer = await http.SendAsync(request, cancel);
            var body = await answer.Content.ReadAsStringAsync(cancel);
            var where = $"{exchange.Method} {golden.Fill(exchange.Path)}\n{(int)answer.StatusCode} {Short(body)}";
            if (exchange.Until is { } due && !body.Contains(due, StringComparison.Ordinal) && answer.IsSuccessStatusCode
                && !body.Contains("FAILED", StringComparison.Ordinal) && !body.Contains(
                    "\"state\":\"fail\"", StringComparison.Ordinal))
            {
                await Eventually.PauseAsync(cancel);
                continue;
            }
            Assert.True(
                exchange.Status == (int)answer.StatusCode,
                $"status {(int)answer.StatusCode} instead of {exchange.Status}: {where}");
            foreach (var header in exchange.AnswerHeaders) AssertHeader(answer, header, golden, where);
            var sent = exchange.Body.Length > 0 ? golden.Fill(exchange.Body) : null;
            if (documents.Differs(request, sent, answer, body) is { } undocumented)
                Assert.Fail($"not as the OpenAPI document says: {undocumented}\n{where}");
            if (exchange.Answer.Length == 0) return;
            using var wanted = JsonDocument.Parse(exchange.Answer);
            using var actual = JsonDocument.Parse(body);
            Assert.True(
                golden.Differs(wanted.RootElement, actual.RootElement) is not { } difference,
                $"{golden.Differs(wanted.RootElement, actual.RootElement)}\n{where}");
            return;
        }
    }

    private static HttpRequestMessage Request(Exchange exchange, Golden golden)
    {
        var request = new HttpRequestMessage(new HttpMethod(exchange.Method), golden.Fill(exchange.Path));
        if (exchange.Body.Length > 0)
            request.Content = new StringContent(golden.Fill(exchange.Body), Encoding.UTF8, "application/json");
        foreach (var header in exchange.Headers)
        {
            var (name, value) = Split(golden.Fill(header));
            if (name == "Content-Type") request.Content!.Headers.ContentType = new(value);
            else if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content!.Headers.TryAddWithoutValidation(name, value);
        }
        return request;
    }

    private static void AssertHeader(HttpResponseMessage answer, string header, Golden golden, string where)
    {
        var (name, value) = Split(header);
        var found = answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values)
            ? string.Join(',', values)
            : "";
        Assert.True(golden.Matches(value, found), $"header {name} is \"{found}\" instead of \"{value}\": {where}");
    }

    private static (string Name, string Value) Split(string header)
    {
        var colon = header.IndexOf(':');
        return (header[..colon], header[(colon + 1)..].Trim());
    }

    private static string Short(string body) => body.Length < 600 ? body : body[..600] + "…";
}
