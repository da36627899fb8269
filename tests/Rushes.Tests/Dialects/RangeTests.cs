using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rushes.Tests.Scenarios;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>Every documented range of kie and Pixazo from both sides.</summary>
public sealed class RangeTests(
    RangeTests.CountingGateway counting,
    ScenarioMedia media) : IClassFixture<RangeTests.CountingGateway>, IClassFixture<ScenarioMedia>
{
    public static TheoryData<string, string, string[], string[]> Table() => new()
    {
        { "kie", "prompt", ["\"a\"", Text(5000)], ["null", "\"\"", "\"  \"", "7", Text(5001)] },
        { "kie", "image_url", ["\"{{picture}}\"", "\"data:image/jpeg;base64,{{picture}}\""],
            ["null", "\"\"", "7", "\"{{sound}}\"", "\"{{clip}}\"", "\"ftp://example.com/a.png\""] },
        { "kie", "audio_url", ["\"{{sound}}\""], ["null", "\"{{picture}}\"", "\"{{clip}}\""] },
        { "kie", "num_frames", ["40", "44", "116", "120", "null", "8e1"],
            ["36", "39", "41", "42", "118", "121", "124", "80.5", "\"80\"", "-40", "1e400"] },
        { "kie", "frames_per_second", ["4", "5", "59", "60"], ["3", "61", "16.5", "0", "-16", "\"16\""] },
        { "kie", "num_interpolated_frames", ["0", "1", "4"], ["-1", "5", "0.5"] },
        { "kie", "adjust_fps_for_interpolation", ["true", "false"], ["\"true\"", "1"] },
        { "kie", "resolution", ["\"480p\"", "\"580p\"", "\"720p\""], ["\"1080p\"", "\"480\"", "480", "\"\"", "\"480P\""] },
        { "kie", "negative_prompt", ["\"\"", Text(500)], [Text(501), "false"] },
        { "kie", "seed", ["42", "0", "-1", "9007199254740991", "null"], ["-2", "1.5", "\"42\"", "9007199254740993"] },
        { "kie", "num_inference_steps", ["2", "3", "39", "40"], ["1", "41", "2.5", "\"27\""] },
        { "kie", "guidance_scale", ["1", "1.1", "3.5", "9.9", "10", "10.0"], ["0.9", "10.1", "3.55", "\"3.5\""] },
        { "kie", "shift", ["1", "1.1", "5", "9.9", "10"], ["0.9", "10.1", "5.05", "true"] },
        { "kie", "enable_safety_checker", ["true", "false"], ["\"true\"", "0"] },
        { "kie", "data_uri", ["null"], ["\"{{picture}}\""] },
        { "kie", "new_resolution", ["720"], ["99999"] },
        { "pixazo", "prompt", ["\"a\""], ["null", "\"\"", "7"] },
        { "pixazo", "image_url", ["\"{{picture}}\""], ["null", "\"{{sound}}\""] },
        { "pixazo", "audio_url", ["\"{{sound}}\""], ["null", "\"{{picture}}\""] },
        { "pixazo", "negative_prompt", ["\"\"", "\"blurry\""], ["7"] },
        { "pixazo", "seed", ["42", "null"], ["1.5", "\"42\""] },
        { "pixazo", "resolution", ["\"480p\"", "\"580p\"", "\"720p\""], ["\"1080p\"", "480"] },
        { "pixazo", "num_inference_steps", ["1", "27", "100"], ["0", "101", "2.5"] },
        { "pixazo", "enable_safety_checker", ["true", "false"], ["\"true\""] },
        { "pixazo", "guidance_scale", ["0", "3.55", "100"], ["-0.1", "100.1", "\"3.5\""] },
        { "pixazo", "shift", ["1", "1.0", "5.55", "10"], ["0.9", "0.99", "10.01", "11", "\"5\""] },
        { "pixazo", "video_quality", ["\"low\"", "\"medium\"", "\"high\"", "\"maximum\""], ["\"best\"", "\"High\"", "1"] },
        { "pixazo", "video_write_mode", ["\"fast\"", "\"balanced\"", "\"small\""], ["\"slow\"", "\"\""] },
        // Not a field there: kept for the engine, whatever it says.
        { "pixazo", "num_frames", ["1e9"], [] },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Holds_from_both_sides(string dialect, string field, string[] taken, string[] rejected)
    {
        foreach (var value in taken)
        {
            var (status, answer) = await CreateAsync(dialect, field, value);
            Assert.True(status == 200, $"{field} {Short(value)}: {status} {answer}");
            counting.Taken++;
        }
        foreach (var value in rejected)
        {
            var (status, answer) = await CreateAsync(dialect, field, value);
            Assert.True(status == (dialect == "kie" ? 422 : 400), $"{field} {Short(value)}: {status} {answer}");
            Assert.Contains(field, answer, StringComparison.Ordinal);
        }
        Assert.Equal(counting.Taken, await CountAsync());
    }

    private async Task<(int Status, string Answer)> CreateAsync(string dialect, string field, string value)
    {
        var filled = value.Replace("{{picture}}", media.Base64["picture"], StringComparison.Ordinal)
            .Replace("{{sound}}", media.Base64["sound"], StringComparison.Ordinal).Replace(
                "{{clip}}", media.Base64["clip"], StringComparison.Ordinal);
        var others = new JsonObject
        {
            ["prompt"] = "a", ["image_url"] = media.Base64["picture"], ["audio_url"] = media.Base64["sound"],
        };
        others.Remove(field);
        // Put in as text: the parser here would not keep 1e400 or 10.0 as they stand.
        var fields = $"{{\"{field}\": {filled}, {others.ToJsonString()[1..]}".Replace(", }", "}", StringComparison.Ordinal);
        var (path, body) = dialect == "kie"
            ? ("/api/v1/jobs/createTask", $$"""{"model": "wan/2-2-a14b-speech-to-video-turbo", "input": {{fields}}}""")
            : ("/wan2.2-s2v/v1/generateSpeechToVideoRequest", fields);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await counting.Gateway.Http.PostAsync(path, content, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>How many jobs there are: ids count from 1, and any dialect finds them.</summary>
    private async Task<int> CountAsync()
    {
        for (var id = counting.Taken; ; id++)
        {
            using var answer = await counting.Gateway.Http.GetAsync(
                $"/api/v1/jobs/recordInfo?taskId={id + 1}", TestContext.Current.CancellationToken);
            if ((int)answer.StatusCode == 404) return id;
        }
    }

    private static string Text(int length) => JsonSerializer.Serialize(new string('x', length));

    private static string Short(string value) => value.Length <= 40 ? value : value[..40] + "…";

    public sealed class CountingGateway : IAsyncLifetime
    {
        public TestGateway Gateway { get; private set; } = null!;

        public int Taken { get; set; }

        public async ValueTask InitializeAsync() => Gateway = await TestGateway.StartAsync(0, default);

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }
}
