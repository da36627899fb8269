using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rushes.Tests.Browser;

/// <summary>Finished videos: found, kept, shared, compared and used for new ones.</summary>
[Collection(ConsoleBrowser.Collection)]
public sealed class GalleryTests(ConsoleBrowser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Videos_are_tagged_shared_compared_and_deleted()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        foreach (var prompt in new[] { "A lighthouse", "A fox", "A city" }) await FinishAsync(gateway, prompt);
        await using var console = await browser.OpenAsync("/console/gallery", gateway: gateway);
        var page = console.Page;
        var fox = page.Locator(".tile", new() { HasText = "A fox" });
        await Expect(page.Locator(".tile")).ToHaveCountAsync(3);
        await fox.GetByRole(AriaRole.Button, new() { Name = "Add to favorites" }).ClickAsync();
        await fox.GetByRole(AriaRole.Button, new() { Name = "Edit tags" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByLabel("Tags").Last.FillAsync("forest, client A");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save tags" }).ClickAsync();
        await Expect(fox.Locator(".tags")).ToContainTextAsync("forest");
        await page.GetByRole(AriaRole.Button, new() { Name = "forest 1" }).ClickAsync();
        await Expect(page.Locator(".tile")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Favorites 1" }).ClickAsync();
        await Expect(page.Locator(".tile")).ToHaveCountAsync(1);

        await fox.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create link" }).ClickAsync();
        var link = await page.Locator(".secret code").InnerTextAsync();
        await using (var stranger = await browser.OpenAsync(new Uri(link).AbsolutePath, key: null, gateway: gateway))
            await ConsolePage.AssertMovesAsync(stranger.Page.Locator("video"));
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Close" }).Last.ClickAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Favorites 1" }).ClickAsync();
        await Expect(page.Locator(".tile")).ToHaveCountAsync(3);
        await page.GetByLabel("Select job 1").CheckAsync();
        await page.GetByLabel("Select job 3").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare" }).ClickAsync();
        await Expect(page.Locator(".compare video")).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Button, new() { Name = "Play all" }).ClickAsync();
        foreach (var i in new[] { 0, 1 }) await ConsolePage.AssertMovesAsync(page.Locator(".compare video").Nth(i));
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause all" }).ClickAsync();

        await page.GotoAsync("/console/gallery");
        await page.GetByLabel("Select job 2").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(page.Locator(".tile")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task A_video_continues_in_another_from_its_last_frame()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        await FinishAsync(gateway, "A fox");
        await using var console = await browser.OpenAsync("/console/gallery", gateway: gateway);
        var page = console.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue from the last frame" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Radio, new() { Name = "Image" })).ToBeCheckedAsync();
        await Expect(page.Locator(".drop .facts").First).ToContainTextAsync("Last frame of job 1");
        await Expect(page.Locator(".drop .facts").First).ToContainTextAsync("832×480");

        await page.Locator(".mine button").First.DragToAsync(page.Locator(".drop").Last);
        await Expect(page.Locator(".drop .facts").Last).ToContainTextAsync("Last frame of job 1");
        await page.GetByRole(AriaRole.Radio, new() { Name = "Foley" }).CheckAsync(new() { Force = true });
        await page.Locator(".mine button").First.DragToAsync(page.Locator(".drop").First);
        await Expect(page.Locator(".drop .facts").First).ToContainTextAsync("Video of job 1");
    }

    [Fact]
    public async Task A_batch_opens_side_by_side_and_a_preset_brings_its_settings_back()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        await using var console = await browser.OpenAsync(gateway: gateway);
        var page = console.Page;
        await page.GetByLabel("Prompt").First.FillAsync("A red fox\nA gray wolf");
        await page.Locator(".more summary", new() { HasText = "Batch" }).ClickAsync();
        await page.GetByLabel("Variations").SelectOptionAsync("2");
        await page.GetByText("One video per line of the prompt").ClickAsync();

        await page.Locator(".more summary", new() { HasText = "Presets" }).ClickAsync();
        await page.GetByLabel("Save the current settings and prompt").FillAsync("Animals");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Animals", Exact = true })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate 4 videos" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Compare");
        await Expect(page.Locator(".compare .title")).ToHaveTextAsync(["A red fox", "A red fox", "A gray wolf", "A gray wolf"]);

        await page.GotoAsync("/console");
        await page.GetByLabel("Prompt").First.FillAsync("Something else");
        await page.Locator(".more summary", new() { HasText = "Presets" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Animals", Exact = true }).ClickAsync();
        await Expect(page.GetByLabel("Prompt").First).ToHaveValueAsync("A red fox\nA gray wolf");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete preset Animals" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Animals", Exact = true })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_gaps_of_a_preset_are_filled_one_after_the_other()
    {
        await using var console = await browser.OpenAsync();
        var page = console.Page;
        var prompt = page.GetByLabel("Prompt").First;
        await prompt.FillAsync("A {subject} in the {place}, at dusk");
        await page.Locator(".more summary", new() { HasText = "Presets" }).ClickAsync();
        await page.GetByLabel("Save the current settings and prompt").FillAsync("Dusk");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Dusk", Exact = true }).ClickAsync();

        await Expect(prompt).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("fox");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("forest");
        await Expect(prompt).ToHaveValueAsync("A fox in the forest, at dusk");
        await page.Keyboard.PressAsync("Tab");
        await Expect(prompt).Not.ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_palette_goes_to_pages_and_prompts_and_pasted_files_to_the_form()
    {
        await using var console = await browser.OpenAsync("/console/jobs");
        var page = console.Page;
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Jobs");
        await page.Keyboard.PressAsync("Control+k");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Command" }).FillAsync("gall");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Gallery");
        await page.Keyboard.PressAsync("Control+k");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Command" }).FillAsync("paper boat");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/console/jobs\\?words=paper"));

        var picture = Convert.ToBase64String(await File.ReadAllBytesAsync(ConsoleBrowser.Portrait, Cancel));
        await page.EvaluateAsync("""
            base64 => {
              const clip = new DataTransfer();
              const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
              clip.items.add(new File([bytes], 'portrait.jpg', { type: 'image/jpeg' }));
              dispatchEvent(new ClipboardEvent('paste', { clipboardData: clip, cancelable: true }));
            }
            """, picture);
        await Expect(page.Locator(".drop .facts").First).ToContainTextAsync("600×800 · JPEG");
    }

    [Fact]
    public async Task A_video_that_is_ready_in_the_background_is_notified()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        await using var console = await browser.OpenAsync(gateway: gateway);
        var page = console.Page;
        // Chromium without a screen shows no notifications and no page is in its background.
        await page.Context.AddInitScriptAsync("""
            window.shown = [];
            window.Notification = class { constructor(title) { shown.push(title); } };
            Notification.permission = 'granted';
            Notification.requestPermission = async () => 'granted';
            Object.defineProperty(document, 'hidden', { get: () => Boolean(window.inBackground) });
            """);
        await page.ReloadAsync();
        await page.Locator(".who summary").ClickAsync();
        await page.GetByLabel("Notify when a video is ready").CheckAsync(new() { Force = true });
        await page.Keyboard.PressAsync("Escape");
        await page.GetByLabel("Prompt").First.FillAsync("A fox");
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.Locator(".top .state")).ToHaveTextAsync("Queued");
        await page.EvaluateAsync("window.inBackground = true");
        using var cancelled = await gateway.Http.PostAsync("/console/api/jobs/1/cancel", null, Cancel);
        var title = await Eventually.ReadAsync(
            () => page.EvaluateAsync<string?>("window.shown[0] ?? null"), shown => shown is not null, Cancel);
        Assert.Equal("Job 1 cancelled", title);
    }

    private static async Task FinishAsync(TestGateway gateway, string prompt)
    {
        using var created = await gateway.Http.PostAsJsonAsync(
            "/console/api/models/wan22-fast-t2v/jobs", new { prompt, duration = 0.5 }, Cancel);
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetInt64();
        Assert.Equal("completed", await Eventually.ReadAsync(
            async () => (await gateway.Http.GetFromJsonAsync<JsonElement>($"/console/api/jobs/{id}", Cancel))
                .GetProperty("job").GetProperty("state").GetString(),
            state => state is not ("queued" or "running"), Cancel));
    }
}
