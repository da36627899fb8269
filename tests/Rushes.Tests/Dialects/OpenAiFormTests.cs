using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Rushes.Database;
using Rushes.Jobs;
using Rushes.Server.Settings;
using Rushes.Tests.Faults;
using Rushes.Tests.Scenarios;
using Rushes.Tests.Webhooks;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>Multipart bodies of the OpenAI API, and what a deleted job leaves.</summary>
public sealed class OpenAiFormTests(ScenarioMedia media) : IClassFixture<ScenarioMedia>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private byte[] Picture => Convert.FromBase64String(media.Base64["picture"]);

    private const string End = "--x--\r\n";

    public static TheoryData<string, string> Malformed() => new()
    {
        { "no boundary in the body", "nothing" },
        { "cut off", "--x\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nA boat" },
        { "a part without a name", $"--x\r\nContent-Type: text/plain\r\n\r\nA boat\r\n{End}" },
        { "a field twice", Part("prompt", "a") + Part("prompt", "b") + End },
        { "not UTF-8", Part("prompt", "\u00ff") + End },
        { "an empty file", Part("input_reference\"; filename=\"a.png", "") + End },
        { "no base64", Part("input_reference[image_url]", "data:image/png;base64,!") + End },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_form_is_rejected_and_leaves_nothing(string _, string body)
    {
        using var folder = new TempFolder();
        await using var gateway = await TestGateway.StartAsync(0, Cancel, folder.Path);
        using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=x");

        using var answer = await gateway.Http.PostAsync("/v1/videos", content, Cancel);

        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(
            "invalid_request_error", JsonElement.Parse(text).GetProperty("error").GetProperty("type").GetString());
        Assert.Empty(await Stored.IncomingInAsync(folder.Path, Cancel));
    }

    [Fact]
    public async Task A_file_over_the_limit_is_rejected_before_all_of_it_is_read()
    {
        using var folder = new TempFolder();
        await using var gateway = await TestGateway.StartAsync(0, Cancel, folder.Path);
        using var form = Form("wan22-fast-i2v", new byte[11 << 20]);

        using var answer = await gateway.Http.PostAsync("/v1/videos", form, Cancel);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error");
        Assert.Equal("input_reference", error.GetProperty("param").GetString());
        Assert.Empty(await Stored.IncomingInAsync(folder.Path, Cancel));
    }

    [Fact]
    public async Task Text_arrives_as_it_was_sent_and_a_deleted_job_leaves_no_file()
    {
        using var folder = new TempFolder();
        await using var gateway = await TestGateway.StartAsync(0, Cancel, folder.Path);
        const string prompt = "A \"paper\" boat\\\n\twith a 🦊";
        using var form = Form("wan22-fast-i2v", Picture, prompt);

        using var created = await gateway.Http.PostAsync("/v1/videos", form, Cancel);
        var video = await created.Content.ReadFromJsonAsync<JsonElement>(Cancel);

        Assert.True(created.IsSuccessStatusCode, $"{video}");
        Assert.Equal(prompt, video.GetProperty("prompt").GetString());
        Assert.Single(await Stored.FilesInAsync(folder.Path, Cancel));
        Assert.Empty(await Stored.IncomingInAsync(folder.Path, Cancel));

        var id = video.GetProperty("id").GetString();
        using var deleted = await gateway.Http.DeleteAsync($"/v1/videos/{id}", Cancel);
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Empty(await Stored.FilesInAsync(folder.Path, Cancel));
        using var missing = await gateway.Http.GetAsync($"/jobs/{id}", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task The_worker_of_a_deleted_job_stops_and_runs_the_next_one()
    {
        using var folder = new TempFolder();
        var engine = new WaitingEngine(folder);
        await using var gateway = await TestGateway.StartAsync(
            1, Cancel, options: new GatewayOptions { Engine = await engine.WriteAsync(Cancel) });
        var running = await CreateAsync(gateway, seconds: "0.5");
        var program = await engine.ProgramAsync(Cancel);

        using var deleted = await gateway.Http.DeleteAsync($"/jobs/{running}", Cancel);
        await Eventually.TrueAsync(() => !WaitingEngine.IsRunning(program), Cancel);
        await engine.GoAsync(Cancel);
        var next = await CreateAsync(gateway, seconds: "0.5");
        await Eventually.TrueAsync(async () => await StatusAsync(gateway, next) is not ("queued" or "in_progress"), Cancel);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal("completed", await StatusAsync(gateway, next));
        using var missing = await gateway.Http.GetAsync($"/v1/videos/{running}", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Single(await Stored.FilesInAsync(gateway.Data, Cancel));
    }

    [Fact]
    public async Task A_remix_has_a_webhook_of_its_own_or_none()
    {
        await using var receiver = await TestReceiver.AnsweringAsync(200);
        await using var gateway = await TestGateway.StartAsync(
            1, Cancel, options: new GatewayOptions { FetchAllow = "127.0.0.0/8" });
        var first = await CreateAsync(gateway, seconds: "0.5");
        Assert.Null(await WebhookOfAsync(first));

        var received = await RemixAsync(new { prompt = "A storm", webhook_url = receiver.Url }, first);
        Assert.Equal(receiver.Url, await WebhookOfAsync(received));

        var silent = await RemixAsync(new { prompt = "A calm" }, received);
        Assert.Null(await WebhookOfAsync(silent));

        async Task<string> RemixAsync(object body, string id)
        {
            await Eventually.TrueAsync(
                async () => await StatusAsync(gateway, id) is not ("queued" or "in_progress"), Cancel);
            Assert.Equal("completed", await StatusAsync(gateway, id));
            using var remixed = await gateway.Http.PostAsJsonAsync($"/v1/videos/{id}/remix", body, Cancel);
            return (await remixed.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetString()!;
        }

        async Task<string?> WebhookOfAsync(string id) => (await gateway.Service<IDatabase>().Jobs.FindAsync(
            gateway.Service<JobIds>().Parse(id)!.Value, Cancel))!.WebhookUrl;
    }

    private static async Task<string> CreateAsync(TestGateway gateway, string seconds)
    {
        using var created = await gateway.Http.PostAsJsonAsync(
            "/v1/videos", new { model = "wan22-fast-t2v", prompt = "A paper boat", size = "512x512", seconds }, Cancel);
        return (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetString()!;
    }

    private static async Task<string?> StatusAsync(TestGateway gateway, string id) =>
        (await gateway.Http.GetFromJsonAsync<JsonElement>($"/v1/videos/{id}", Cancel)).GetProperty("status").GetString();

    private static MultipartFormDataContent Form(string model, byte[] file, string prompt = "A paper boat") => new()
    {
        { new StringContent(model), "model" },
        { new StringContent(prompt), "prompt" },
        { new ByteArrayContent(file), "input_reference", "boat.jpg" },
    };

    private static string Part(string name, string text) =>
        $"--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n";
}
