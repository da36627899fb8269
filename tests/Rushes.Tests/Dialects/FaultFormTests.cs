using System.Text;
using Rushes.Tests.Scenarios;
using Xunit;

namespace Rushes.Tests.Dialects;

public sealed class FaultFormTests(ScenarioMedia media) : IClassFixture<ScenarioMedia>
{
    [Theory]
    [InlineData("/api/v1/jobs/createTask", """{"code":500,"msg":"Internal error;"""
        + """ see the gateway log for details.","message":"Internal error; see the gateway log for details.","data":null}""")]
    [InlineData("/wan2.2-s2v/v1/generateSpeechToVideoRequest",
        """{"error":"An unexpected error occurred, please try again later"}""")]
    [InlineData("/v1/videos", """{"error":{"message":"Internal error;"""
        + """ see the gateway log for details.","type":"server_error","param":null,"code":null}}""")]
    [InlineData("/queue/wan22-fast-i2v", """{"error":"Internal error; see the gateway log for details.","code":"internal"}""")]
    public async Task What_breaks_is_told_in_the_form_of_its_dialect(string path, string answer)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var data = new TempFolder();
        await using var gateway = await TestGateway.StartAsync(0, cancel, data.Path);
        // Pictures that come as base64 go here first.
        Directory.Delete(Path.Combine(data.Path, "incoming"), recursive: true);
        using var content = new StringContent(
            $$"""{"image_url": "{{media.Base64["picture"]}}"}""", Encoding.UTF8, "application/json");

        using var broken = await gateway.Http.PostAsync(path, content, cancel);

        Assert.Equal((500, answer), ((int)broken.StatusCode, await broken.Content.ReadAsStringAsync(cancel)));
    }
}
