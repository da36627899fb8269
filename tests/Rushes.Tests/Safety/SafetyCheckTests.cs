using System.Text;
using System.Text.Json;
using Rushes.Server.Settings;
using Rushes.Tests.Scenarios;
using Xunit;

namespace Rushes.Tests.Safety;

/// <summary>How the gateway acts on the results of the word list and the endpoint.</summary>
public sealed class SafetyCheckTests(ScenarioMedia media) : IClassFixture<ScenarioMedia>, IDisposable
{
    private const string PictureFlagged =
        """{"results": [{"flagged": true, "categories": {"violence": true},"""
            + """ "category_applied_input_types": {"violence": ["image"]}}]}""";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{\"prompt\": \"a n-u-d-e\"}", 400)]
    [InlineData("{\"prompt\": \"a n-u-d-e\", \"enable_safety_checker\": true}", 400)]
    [InlineData("{\"prompt\": \"a n-u-d-e\", \"enable_safety_checker\": null}", 400)]
    [InlineData("{\"prompt\": \"a n-u-d-e\", \"enable_safety_checker\": false}", 200)]
    [InlineData("{\"prompt\": \"a boat\", \"negative_prompt\": \"nude, nudity\"}", 200)]
    [InlineData("{\"prompt\": \"a boat\", \"enable_safety_checker\": \"no\"}", 400)]
    public async Task The_list_decides_unless_it_is_switched_off(string body, int status)
    {
        await using var gateway = await StartAsync(new GatewayOptions());
        Assert.Equal(status, (await CreateAsync(gateway, "wan22-fast-t2v", body)).Status);
    }

    [Fact]
    public async Task A_plan_may_insist_on_it()
    {
        Directory.CreateDirectory(folder["data"]);
        await File.WriteAllTextAsync(
            Path.Combine(folder["data"], "catalog.json"), """{ "plans": { "default": { "safetyRequired": true } } }""", Cancel);
        await using var gateway = await StartAsync(new GatewayOptions());
        Assert.Equal(
            400,
            (await CreateAsync(gateway, "wan22-fast-t2v", """{"prompt": "a n-u-d-e", "enable_safety_checker": false}""")).Status);
        Assert.Equal(
            200,
            (await CreateAsync(gateway, "wan22-fast-t2v", """{"prompt": "a boat", "enable_safety_checker": false}""")).Status);
    }

    [Fact]
    public async Task A_rejection_is_in_the_audit_without_its_words()
    {
        await using var gateway = await StartAsync(new GatewayOptions());
        await CreateAsync(gateway, "wan22-fast-t2v?dry_run=true", """{"prompt": "a nude on a hill"}""");
        await CreateAsync(gateway, "wan22-fast-t2v", """{"prompt": "a nude on a hill"}""");
        var audit = (await gateway.Http.GetStringAsync("/admin/audit", Cancel)).Split('\n');
        var line = Assert.Single(audit, entry => entry.Contains("content refused", StringComparison.Ordinal));
        Assert.Contains(
            """{"model":"wan22-fast-t2v","field":"prompt","category":"sexual","by":"list"}""", line, StringComparison.Ordinal);
        Assert.DoesNotContain("hill", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rejected_texts_count_as_the_requests_they_are()
    {
        Directory.CreateDirectory(folder["data"]);
        await File.WriteAllTextAsync(
            Path.Combine(folder["data"], "catalog.json"),
            """{ "plans": { "default": { "windowSeconds": 3600, "jobsPerWindow": 2 } } }""", Cancel);
        await using var gateway = await StartAsync(new GatewayOptions());
        var answers = new List<int>();
        for (var i = 0; i < 4; i++) answers.Add((await CreateAsync(gateway, "wan22-fast-t2v", """{"prompt": "nude"}""")).Status);
        Assert.Equal([400, 400, 429, 429], answers);
    }

    [Fact]
    public async Task What_the_endpoint_flags_is_rejected_and_leaves_nothing()
    {
        await using var server = await ModerationServer.AnsweringAsync(PictureFlagged);
        await using var gateway = await StartAsync(Moderated(server));

        var (status, error) = await CreateAsync(
            gateway, "wan22-fast-i2v", $$"""{"prompt": "a boat", "data_uri": "{{media.Base64["picture"]}}"}""");

        Assert.Equal(
            (400, "unsafe_content", "data_uri"),
            (status, error.GetProperty("code").GetString(), error.GetProperty("field").GetString()));
        Assert.Contains("violence", error.GetProperty("error").GetString(), StringComparison.Ordinal);
        await Stored.AssertEmptyAsync(folder["data"], Cancel);
        var asked = JsonDocument.Parse((await server.NextAsync()).Body).RootElement.GetProperty("input");
        Assert.Equal("a boat", asked[0].GetProperty("text").GetString());
        var picture = Convert.FromBase64String(
            asked[1].GetProperty("image_url").GetProperty("url").GetString()!["data:image/jpeg;base64,".Length..]);
        Assert.Equal([0xFF, 0xD8], picture[..2]);
    }

    [Fact]
    public async Task Each_image_is_checked_and_the_text_once()
    {
        await using var server = await ModerationServer.FlaggingFromAsync(2, PictureFlagged);
        await using var gateway = await StartAsync(Moderated(server));
        var (status, error) = await CreateAsync(gateway, "wan22-fast-i2v", $$"""
            {"prompt": "a boat", "data_uri": "{{media.Base64["picture"]}}", "second_image_uri": "{{media.Base64["portrait"]}}"}
            """);

        Assert.Equal((400, "second_image_uri"), (status, error.GetProperty("field").GetString()));
        var (first, second) = ((await server.NextAsync()).Body, (await server.NextAsync()).Body);
        Assert.Contains("a boat", first, StringComparison.Ordinal);
        Assert.DoesNotContain("a boat", second, StringComparison.Ordinal);
        Assert.All([first, second], body => Assert.Contains("image_url", body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_clip_is_judged_by_its_first_frame()
    {
        await using var server = await ModerationServer.AnsweringAsync(ModerationServer.Clean);
        await using var gateway = await StartAsync(Moderated(server));
        Assert.Equal(200, (await CreateAsync(gateway, "hunyuan-foley", $$"""{"data_uri": "{{media.Base64["clip"]}}"}""")).Status);
        Assert.Contains("image_url", (await server.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_list_rejects_is_not_asked_about()
    {
        await using var server = await ModerationServer.AnsweringAsync(ModerationServer.Clean);
        await using var gateway = await StartAsync(Moderated(server));
        Assert.Equal(400, (await CreateAsync(gateway, "wan22-fast-t2v", """{"prompt": "nude"}""")).Status);
        Assert.False(server.WasAsked);
    }

    [Theory]
    [InlineData("closed", 503)]
    [InlineData("open", 200)]
    public async Task A_failing_endpoint_rejects_or_lets_through_as_it_is_set(string fail, int expected)
    {
        await using var server = await ModerationServer.AnsweringAsync("oops", 500);
        await using var gateway = await StartAsync(Moderated(server) with { ModerationFail = fail });
        var (status, answer) = await CreateAsync(gateway, "wan22-fast-t2v", """{"prompt": "a boat"}""");
        Assert.Equal(expected, status);
        if (expected == 503) Assert.Equal("safety_checker_unavailable", answer.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("closed", 503)]
    [InlineData("open", 200)]
    public async Task So_does_a_silent_one(string fail, int expected)
    {
        await using var server = await ModerationServer.StallingAsync();
        await using var gateway = await StartAsync(
            new GatewayOptions { ModerationUrl = server.Url, ModerationFail = fail, ModerationTimeoutSeconds = 1 });
        Assert.Equal(expected, (await CreateAsync(gateway, "wan22-fast-t2v", """{"prompt": "a boat"}""")).Status);
    }

    [Fact]
    public async Task A_bad_list_stops_the_start()
    {
        var path = folder["bad.json"];
        await File.WriteAllTextAsync(path, "{\n\"categories\": 5}", Cancel);
        var error = await Assert.ThrowsAsync<SettingsException>(() => StartAsync(new GatewayOptions { SafetyList = path }));
        Assert.Contains($"{path}:2:", error.Message, StringComparison.Ordinal);
    }

    /// <summary>With the longest time limit: a slow machine may take longer than the default.</summary>
    private static GatewayOptions Moderated(ModerationServer server) =>
        new() { ModerationUrl = server.Url, ModerationTimeoutSeconds = 30 };

    private Task<TestGateway> StartAsync(GatewayOptions options) => TestGateway.StartAsync(0, Cancel, folder["data"], options);

    private static async Task<(int Status, JsonElement Answer)> CreateAsync(TestGateway gateway, string model, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await gateway.Http.PostAsync($"/queue/{model}", content, Cancel);
        return ((int)answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel)).RootElement);
    }
}
