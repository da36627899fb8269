using System.Text.Json;
using Microsoft.Playwright;
using ModelContextProtocol.Client;
using Rushes.Tests.Client;
using Rushes.Tests.Engines;
using Rushes.Tests.Rules;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rushes.Tests.Browser;

/// <summary>The playground as people use it: real files, real videos, in a real browser.</summary>
[Collection(ConsoleBrowser.Collection)]
public sealed class PlaygroundTests(ConsoleBrowser browser)
{
    [Fact]
    public async Task A_stranger_signs_in_with_a_key_and_out_again()
    {
        await using var console = await browser.OpenAsync(key: null);
        var page = console.Page;
        await Expect(page.GetByLabel("Key")).ToBeFocusedAsync();
        await page.GetByLabel("Key").FillAsync("not a key of this gateway");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Invalid or expired key.");

        await page.GetByLabel("Key").FillAsync(TestGateway.Key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Navigation)).ToBeVisibleAsync();
        await page.ReloadAsync();
        await page.Locator(".who summary").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByLabel("Key")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_sign_in_link_signs_in_once()
    {
        var link = (await browser.Gateway.SignInPathAsync(TestContext.Current.CancellationToken))!;
        await using (var console = await browser.OpenAsync(link, key: null))
        {
            await Expect(console.Page.GetByRole(AriaRole.Navigation)).ToBeVisibleAsync();
            Assert.DoesNotContain("code", console.Page.Url, StringComparison.Ordinal);
        }
        await using var again = await browser.OpenAsync(link, key: null);
        await Expect(again.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("was used before or has expired");
    }

    [Fact]
    public async Task A_length_is_left_alone_while_it_is_typed_and_brought_into_range_after()
    {
        await using var console = await browser.OpenAsync();
        var page = console.Page;
        await page.GetByLabel("Prompt").First.FillAsync("A fox");
        var length = page.Locator("input[type=number]").First;
        await length.FillAsync("");
        await length.PressSequentiallyAsync("2.5");
        await Expect(length).ToHaveValueAsync("2.5");
        await Expect(page.Locator(".outlook")).ToContainTextAsync("2.5 s");

        await length.FillAsync("");
        await length.PressSequentiallyAsync("25000");
        await Expect(length).ToHaveValueAsync("25000");
        await length.BlurAsync();
        await Expect(page.GetByText("Changed to ")).ToBeVisibleAsync();
        await Expect(length).Not.ToHaveValueAsync("25000");
    }

    [Fact]
    public async Task A_reload_keeps_the_form_its_files_and_the_job_until_the_user_signs_out()
    {
        await using var console = await browser.OpenAsync();
        var page = console.Page;
        await ChooseAsync(page, "Image");
        await page.Locator("input[type=file]").First.SetInputFilesAsync(ConsoleBrowser.Portrait);
        await Expect(page.Locator(".drop .facts").First).ToContainTextAsync("JPEG");
        await page.GetByLabel("Prompt").First.FillAsync("She smiles");
        await SendAsync(page);
        await AssertPlaysAsync(page);
        var job = await page.Locator(".top .number").InnerTextAsync();
        Assert.EndsWith($"?video={job.Split(' ')[1]}", page.Url, StringComparison.Ordinal);

        await page.ReloadAsync();
        await Expect(page.GetByLabel("Prompt").First).ToHaveValueAsync("She smiles");
        await Expect(page.Locator(".drop .look").First).ToBeVisibleAsync();
        await Expect(page.Locator(".top .number")).ToHaveTextAsync(job);
        // Browsers do not play sound before the user has done something on the page.
        await Expect(page.Locator(".screen video")).ToBeVisibleAsync();

        await page.Locator(".who summary").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByLabel("Key")).ToBeVisibleAsync();
        Assert.Null(await page.EvaluateAsync<string?>("localStorage.getItem('rushes-form')"));
    }

    [Fact]
    public async Task The_form_is_forgotten_when_the_session_ends()
    {
        await using var console = await browser.OpenAsync();
        var page = console.Page;
        await page.GetByLabel("Prompt").First.FillAsync("A fox");
        // The page saves the form after it has rendered it.
        await page.WaitForFunctionAsync("localStorage.getItem('rushes-form')?.includes('A fox')");
        await page.Context.ClearCookiesAsync();
        // The dry run of the form may have been rejected already; otherwise another page is.
        await page.EvaluateAsync("document.querySelector('a[href=\"/console/jobs\"]')?.click()");
        await Expect(page.GetByLabel("Key")).ToBeVisibleAsync();
        Assert.Null(await page.EvaluateAsync<string?>("localStorage.getItem('rushes-form')"));
    }

    [Fact]
    public async Task A_gateway_that_is_away_is_one_banner_that_goes_when_it_is_back()
    {
        await using var gateway = await TestGateway.StartAsync(0, TestContext.Current.CancellationToken);
        await using var console = await browser.OpenAsync(gateway: gateway);
        var page = console.Page;
        await page.GetByLabel("Prompt").First.FillAsync("A fox");
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.Locator(".top .number")).ToBeVisibleAsync();

        console.ExpectNetworkErrors();
        await page.Context.SetOfflineAsync(true);
        await Expect(page.Locator(".banner")).ToHaveTextAsync("Reconnecting to the gateway …");
        await Expect(page.GetByText("The gateway does not respond now")).ToBeVisibleAsync();
        await Expect(page.Locator(".trouble")).ToHaveCountAsync(0);

        await page.Context.SetOfflineAsync(false);
        await Expect(page.Locator(".banner")).ToHaveCountAsync(0);
        await Expect(page.GetByText("The gateway does not respond now")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(page.Locator(".top .state")).ToHaveTextAsync("Cancelled");
    }

    [Fact]
    public async Task A_text_becomes_a_video_that_plays()
    {
        await using var console = await browser.OpenAsync();
        var page = console.Page;
        await page.GetByLabel("Prompt").First.FillAsync(
            "A paper boat drifting on a calm sea at sunset, golden light, gentle waves");
        await page.GetByRole(AriaRole.Radio, new() { Name = "1280×720" }).CheckAsync(new() { Force = true });
        await page.Locator("input[type=number]").First.FillAsync("2");
        await Expect(page.Locator(".outlook")).ToContainTextAsync("1280×720, 2 s");
        await Expect(page.Locator(".outlook")).ToContainTextAsync("Free");
        await page.Keyboard.PressAsync("Control+Enter");
        await AssertPlaysAsync(page);

        // The film that plays is the one that was asked for.
        Assert.Equal(
            "1280 720",
            await page.Locator(".screen video").EvaluateAsync<string>("film => `${film.videoWidth} ${film.videoHeight}`"));
        await Expect(page.Locator(".mine button[aria-pressed=true] video")).ToBeVisibleAsync();
        await ConsoleBrowser.PictureAsync(page, "playground");
        var first = await page.Locator(".top .number").InnerTextAsync();
        var download = await page.RunAndWaitForDownloadAsync(
            () => page.GetByRole(AriaRole.Link, new() { Name = "Download" }).ClickAsync());
        Assert.EndsWith(".mp4", download.SuggestedFilename, StringComparison.Ordinal);

        await page.GetByRole(AriaRole.Button, new() { Name = "New variation" }).ClickAsync();
        await Expect(page.Locator(".top .number")).Not.ToHaveTextAsync(first);
        await AssertPlaysAsync(page);
    }

    [Fact]
    public async Task A_picture_is_pasted_looked_at_and_moved()
    {
        await using var console = await browser.OpenAsync(dark: true);
        var page = console.Page;
        await ChooseAsync(page, "Image");
        var picture = Convert.ToBase64String(
            await File.ReadAllBytesAsync(ConsoleBrowser.Portrait, TestContext.Current.CancellationToken));
        await page.EvaluateAsync("""
            base64 => {
              const clip = new DataTransfer();
              const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
              clip.items.add(new File([bytes], 'portrait.jpg', { type: 'image/jpeg' }));
              dispatchEvent(new ClipboardEvent('paste', { clipboardData: clip, cancelable: true }));
            }
            """, picture);
        await Expect(page.Locator(".drop .facts")).ToContainTextAsync("600×800 · JPEG");
        Assert.True(
            await page.Locator(".drop img").EvaluateAsync<bool>(
                "async shown => (await shown.decode(), shown.naturalWidth === 600)"));

        await page.GetByLabel("Prompt").First.FillAsync("She winks and lifts the clapperboard");
        await page.Locator("input[type=number]").First.FillAsync("2");
        await Expect(page.Locator(".outlook")).ToContainTextAsync("360×480, 2 s");
        await SendAsync(page);
        await AssertPlaysAsync(page);
    }

    [Fact]
    public async Task A_voice_moves_a_picture()
    {
        await using var console = await browser.OpenAsync();
        var page = console.Page;
        await ChooseAsync(page, "Speech");
        await page.Locator("input[type=file]").Nth(0).SetInputFilesAsync(ConsoleBrowser.Portrait);
        await page.Locator(".drop .ask input[type=file]").SetInputFilesAsync(ConsoleBrowser.Voice);
        await Expect(page.Locator(".drop .facts").Last).ToContainTextAsync("5.1 s · MP3");
        await page.GetByLabel("Prompt").First.FillAsync("The host welcomes you");
        await page.Locator("input[type=number]").First.FillAsync("2");
        await SendAsync(page);
        await AssertPlaysAsync(page);
        await page.WaitForFunctionAsync("document.querySelector('.screen video').webkitAudioDecodedByteCount > 0");
    }

    [Fact]
    public async Task A_clip_is_dropped_and_given_sound()
    {
        using var folder = new TempFolder();
        var clip = Convert.ToBase64String(
            await File.ReadAllBytesAsync(await SampleMedia.ClipAsync(folder, frames: 24), TestContext.Current.CancellationToken));
        await using var console = await browser.OpenAsync();
        var page = console.Page;
        await ChooseAsync(page, "Foley");
        await page.Locator(".drop").First.EvaluateAsync("""
            (drop, base64) => {
              const dragged = new DataTransfer();
              const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
              dragged.items.add(new File([bytes], 'clip.mp4', { type: 'video/mp4' }));
              drop.dispatchEvent(new DragEvent('drop', { dataTransfer: dragged, bubbles: true, cancelable: true }));
            }
            """, clip);
        await Expect(page.Locator(".drop .facts")).ToContainTextAsync("160×120 · 1.5 s · MP4");
        await SendAsync(page);
        await AssertPlaysAsync(page);
    }

    [Fact]
    public async Task A_draft_is_looked_at_and_approved()
    {
        await using var console = await browser.OpenAsync();
        var page = console.Page;
        await page.GetByLabel("Prompt").First.FillAsync("A city at night");
        await page.Locator("input[type=number]").First.FillAsync("1");
        await page.Locator(".more summary", new() { HasText = "More settings" }).ClickAsync();
        await page.GetByLabel("Draft first").SelectOptionAsync("approve");
        await SendAsync(page);
        await Expect(page.Locator(".coming")).ToContainTextAsync("Approve this draft?");
        await ConsolePage.AssertMovesAsync(page.GetByLabel("The draft"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await AssertPlaysAsync(page);
    }

    [Fact]
    public async Task What_is_wrong_is_said_where_it_is_wrong()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["page.png"], "<html>not a picture</html>", TestContext.Current.CancellationToken);
        await using var console = await browser.OpenAsync();
        var page = console.Page;
        await SendAsync(page);
        await Expect(page.Locator(".field .problem")).ToHaveTextAsync("This field is required.");

        await ChooseAsync(page, "Image");
        await page.Locator("input[type=file]").First.SetInputFilesAsync(folder["page.png"]);
        await Expect(page.Locator(".drop-field .problem")).ToContainTextAsync("The file is an HTML page");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove first frame" }).ClickAsync();
        await page.Locator("input[type=file]").First.SetInputFilesAsync(ConsoleBrowser.Voice);
        await Expect(page.Locator(".drop-field .problem")).ToHaveTextAsync("The file is audio; use an image.");
    }

    [Fact]
    public async Task A_rejected_field_is_explained_once_by_its_label_and_only_after_an_attempt()
    {
        await using var console = await browser.OpenAsync();
        var page = console.Page;
        await ChooseAsync(page, "Image");
        await page.GetByLabel("Prompt").First.FillAsync(new string('a', 5001));
        await page.Locator("input[type=file]").First.SetInputFilesAsync(ConsoleBrowser.Portrait);
        await Expect(page.Locator(".send")).ToContainTextAsync("Price and wait appear when all fields are valid.");
        await Expect(page.Locator(".problem")).ToHaveCountAsync(0);

        await SendAsync(page);
        await Expect(page.Locator(".problem")).ToHaveCountAsync(1);
        await Expect(page.Locator(".field .problem")).ToContainTextAsync("Prompt has ");
        await Expect(page.GetByLabel("Prompt").First).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_first_and_the_last_frame_are_side_by_side()
    {
        await using var console = await browser.OpenAsync();
        var page = console.Page;
        await ChooseAsync(page, "Image");
        var (first, last) = (page.Locator(".drop").Nth(0), page.Locator(".drop").Nth(1));
        await Expect(page.Locator(".places .label").First).ToContainTextAsync("First frame");
        await Expect(page.Locator(".places .label").Last).ToContainTextAsync("Last frame");
        var (left, right) = ((await first.BoundingBoxAsync())!, (await last.BoundingBoxAsync())!);
        Assert.Equal(left.Y, right.Y, tolerance: 1);
        Assert.True(left.X + left.Width <= right.X);
    }

    [Theory]
    [InlineData("curl", "call.sh", "Image")]
    [InlineData("JavaScript", "call.mjs", "Image")]
    [InlineData("Python", "call.py", "Image")]
    [InlineData("C#", "call.cs", "Image")]
    [InlineData("C#", "call.cs", "Speech")]
    [InlineData("OpenAI", "openai.mjs", "Text")]
    [InlineData("OpenAI", "openai.mjs", "Image")]
    [InlineData("Replicate", "replicate.mjs", "Image")]
    [InlineData("fal", "fal.mjs", "Image")]
    [InlineData("OpenRouter", "openrouter.mjs", "Text")]
    [InlineData("OpenRouter", "openrouter.mjs", "Speech")]
    [InlineData("curl", "call.sh", "Text")]
    [InlineData("JavaScript", "call.mjs", "Speech")]
    [InlineData("Python", "call.py", "Foley")]
    public async Task The_request_is_shown_as_code_that_makes_the_video(string language, string file, string kind)
    {
        using var folder = new TempFolder();
        await using var console = await browser.OpenAsync();
        var page = console.Page;
        await ChooseAsync(page, kind);
        string[] media = kind switch
        {
            "Text" => [], "Speech" => [ConsoleBrowser.Portrait, ConsoleBrowser.Voice], _ => [ConsoleBrowser.Portrait],
        };
        for (var i = 0; i < media.Length; i++)
        {
            await page.Locator("input[type=file]").Nth(i).SetInputFilesAsync(media[i]);
            File.Copy(media[i], folder[Path.GetFileName(media[i])]);
        }
        await page.GetByLabel("Prompt").First.FillAsync("""It's "$5" \ `done`, says Zoë""");
        await page.Locator("input[type=number]").First.FillAsync("0.5");
        await Expect(page.Locator(".outlook")).ToContainTextAsync("0.5 s");
        await page.Locator(".snippets summary").ClickAsync();
        await page.Locator(".snippets").GetByRole(AriaRole.Radio, new() { Name = language }).CheckAsync(new() { Force = true });
        await page.Locator(".snippets").GetByRole(AriaRole.Button, new() { Name = "Copy code" }).ClickAsync();
        await File.WriteAllTextAsync(
            folder[file], await page.EvaluateAsync<string>("navigator.clipboard.readText()"),
            TestContext.Current.CancellationToken);
        string[] command = file switch
        {
            "call.sh" => ["bash", file],
            "call.mjs" => ["node", file],
            "openai.mjs" or "replicate.mjs" or "fal.mjs" or "openrouter.mjs" => ["node", WithPackage(folder, file)],
            "call.py" => ["python3", file],
            _ => ["dotnet", await CSharp.CompileAsync(folder, "exe", [folder[file]])],
        };
        var exit = await Tool.RunAsync(
            "env", [$"RUSHES_API_KEY={TestGateway.Key}", .. command], TestContext.Current.CancellationToken, folder.Path);
        Assert.True(exit.Ok, exit.Errors);
        Assert.True(new FileInfo(folder["video.mp4"]).Length > 10_000);
        await page.GotoAsync("/console/jobs");
        await Expect(page.Locator(".jobs .what").First).ToContainTextAsync("""It's "$5" \ `done`, says Zoë""");
    }

    [Fact]
    public async Task The_configuration_for_agents_connects_one()
    {
        await using var console = await browser.OpenAsync();
        var page = console.Page;
        await page.Locator(".snippets summary").ClickAsync();
        await page.Locator(".snippets").GetByRole(AriaRole.Radio, new() { Name = "Agent (MCP)" })
            .CheckAsync(new() { Force = true });
        var text = (await page.Locator(".snippets pre").TextContentAsync())!.Replace(
            "${RUSHES_API_KEY}", TestGateway.Key, StringComparison.Ordinal);
        var server = JsonElement.Parse(text).GetProperty("mcpServers").GetProperty("rushes");
        Assert.Equal("http", server.GetProperty("type").GetString());
        await using var agent = await McpClient.CreateAsync(
            new HttpClientTransport(new HttpClientTransportOptions
            {
                Endpoint = new Uri(server.GetProperty("url").GetString()!),
                AdditionalHeaders = server.GetProperty("headers").Deserialize<Dictionary<string, string>>()!,
            }), cancellationToken: TestContext.Current.CancellationToken);
        var tools = await agent.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains(tools, tool => tool.Name == "text_to_video");
    }

    /// <summary>Puts the vendor's package where the program finds it.</summary>
    private static string WithPackage(TempFolder folder, string file)
    {
        var package = Path.GetFileNameWithoutExtension(file);
        var modules = Path.Combine(RoomTests.Root(), "tests", "clients", package, "node_modules");
        Assert.True(Directory.Exists(modules), $"run \"npm ci\" in tests/clients/{package}, or ./test, which does");
        Directory.CreateSymbolicLink(folder["node_modules"], modules);
        return file;
    }

    private static Task ChooseAsync(IPage page, string kind) =>
        page.GetByRole(AriaRole.Radio, new() { Name = kind, Exact = true }).CheckAsync(new() { Force = true });

    private static Task SendAsync(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Generate" }).ClickAsync();

    private static async Task AssertPlaysAsync(IPage page)
    {
        await Expect(page.Locator(".screen video")).ToBeVisibleAsync();
        await ConsolePage.AssertMovesAsync(page.Locator(".screen video"));
    }
}
