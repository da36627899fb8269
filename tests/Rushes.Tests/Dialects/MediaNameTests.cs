using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Rushes.Tests.Scenarios;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>
/// Media under names that no catalog knows: plain names are kept and forwarded, anything else is rejected by name.
/// </summary>
public sealed class MediaNameTests(
    BadInputTests.IdleGateway idle, ScenarioMedia media) : IClassFixture<BadInputTests.IdleGateway>, IClassFixture<ScenarioMedia>
{
    private static readonly string[] Names =
        ["/etc/x_uri", "../../x_uri", "..\\x_uri", "x\0_uri", "x.png\0_uri", " _uri", "é_uri", "a b_uri", "x\n_uri",
            new string('a', 61) + "_uri"];

    private static readonly (string Path, string Scheme, string Body)[] Calls =
    [
        ("/queue/wan22-fast-t2v", "Bearer", """{"prompt": "a"}"""),
        ("/queue/wan22-fast-t2v?dry_run=true", "Bearer", """{"prompt": "a"}"""),
        ("/fal-ai/wan/v2.2-a14b/text-to-video", "Key", """{"prompt": "a"}"""),
        ("/api/v1/jobs/createTask", "Bearer", """{"model": "wan/2-2-a14b-speech-to-video-turbo", "input": {"prompt": "a","""
            + """ "image_url": "{{p}}", "audio_url": "{{s}}"}}"""),
        ("/wan2.2-s2v/v1/generateSpeechToVideoRequest", "Pixazo",
        """{"prompt": "a", "image_url": "{{p}}", "audio_url": "{{s}}"}"""),
    ];

    public static TheoryData<int, int> Table() =>
        [.. from call in Enumerable.Range(0, Calls.Length) from name in Enumerable.Range(0, Names.Length) select (call, name)];

    [Theory]
    [MemberData(nameof(Table))]
    public async Task A_name_that_is_not_plain_is_rejected_and_nothing_is_stored(int call, int name)
    {
        var (status, text) = await PostAsync(Calls[call], Names[name]);

        // One of these APIs answers 200 with the status inside.
        Assert.True(
            status is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity
                || JsonNode.Parse(text)!["code"]?.ToString() is "400" or "422",
            $"{status} {text}");
        Assert.Contains("is not a valid name of a media field", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\0', text);
        await Stored.AssertEmptyAsync(idle.Data, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_longest_plain_name_is_taken()
    {
        var (status, text) = await PostAsync((Calls[1].Path, Calls[1].Scheme, Calls[1].Body), new string('a', 60) + "_uri");
        Assert.True(status == HttpStatusCode.OK, text);
    }

    [Fact]
    public async Task Base64_in_fields_that_are_not_media_is_kept_as_sent()
    {
        var cancel = TestContext.Current.CancellationToken;
        var other = new JsonObject
        {
            ["notes_url"] = "iVBORw0KGgo=", ["options"] = new JsonObject
                { ["ref_uri"] = "iVBORw0KGgo=", ["image_url"] = "UklGRg==" },
            ["input"] = new JsonObject { ["note_uri"] = "aGVsbG8=" }, ["input_reference"] = new JsonObject
                { ["image_url"] = "no!" },
            ["refs"] = new JsonArray(new JsonObject { ["data_uri"] = "iVBORw0KGgo=" }),
        };
        var body = new JsonObject { ["prompt"] = "a" };
        foreach (var field in other) body[field.Key] = field.Value!.DeepClone();

        using var answer = await idle.Gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v?dry_run=true", body, cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var input = (await answer.Content.ReadFromJsonAsync<JsonObject>(cancel))!["input"]!.AsObject();
        foreach (var field in other) Assert.True(JsonNode.DeepEquals(field.Value, input[field.Key]), input.ToJsonString());
    }

    private async Task<(HttpStatusCode, string)> PostAsync((string Path, string Scheme, string Body) call, string name)
    {
        var cancel = TestContext.Current.CancellationToken;
        var picture = "data:image/jpeg;base64," + media.Base64["picture"];
        var body = JsonNode.Parse(call.Body.Replace("{{p}}", picture, StringComparison.Ordinal)
            .Replace("{{s}}", "data:audio/mpeg;base64," + media.Base64["sound"], StringComparison.Ordinal))!.AsObject();
        (body["input"] as JsonObject ?? body)[name] = picture;
        using var request = new HttpRequestMessage(
            HttpMethod.Post, idle.Gateway.Origin + call.Path) { Content = JsonContent.Create(body) };
        if (call.Scheme == "Pixazo") request.Headers.Add("Ocp-Apim-Subscription-Key", TestGateway.Key);
        else request.Headers.Authorization = new(call.Scheme, TestGateway.Key);
        using var http = new HttpClient();
        using var answer = await http.SendAsync(request, cancel);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancel));
    }
}
