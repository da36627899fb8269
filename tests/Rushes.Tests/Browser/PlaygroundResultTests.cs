using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rushes.Tests.Browser;

/// <summary>What the playground offers besides the form: the choice of a model, and what can be done with a result.</summary>
[Collection(ConsoleBrowser.Collection)]
public sealed class PlaygroundResultTests(ConsoleBrowser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_model_has_a_picture_and_a_line_and_is_found_by_words(bool phone)
    {
        await using var console = await browser.OpenAsync(phone: phone);
        var page = console.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Model" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        var rows = dialog.Locator("li .model-button");
        await Expect(rows.Locator("b").First).ToContainTextAsync("Wan 2.2 text to video");
        Assert.Equal(await rows.CountAsync(), await rows.Locator(".model-picture").CountAsync());

        await dialog.GetByLabel("Find models").FillAsync("image 8 bit");
        await Expect(rows).ToHaveCountAsync(2);
        await page.Keyboard.PressAsync("Enter");
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Radio, new() { Name = "Image" })).ToBeCheckedAsync();
        await Expect(page.Locator(".ask-form .model-button")).ToContainTextAsync("wan22-fast-i2v-fp8");
    }

    [Fact]
    public async Task A_result_is_one_row_of_actions_and_its_data()
    {
        using var created = await browser.Gateway.Http.PostAsJsonAsync(
            "/queue/wan22-fast-t2v", new { prompt = "A fox", duration = 0.5 }, Cancel);
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
        await using var console = await browser.OpenAsync($"/console?video={id}");
        var page = console.Page;
        await Expect(page.Locator(".screen video")).ToBeVisibleAsync();
        var share = page.GetByRole(AriaRole.Button, new() { Name = "Share" });
        var download = (await page.GetByRole(AriaRole.Link, new() { Name = "Download" }).BoundingBoxAsync())!;
        Assert.InRange((await share.BoundingBoxAsync())!.Y, download.Y - 1, download.Y + download.Height);

        await page.Locator(".stage summary", new() { HasText = "Log" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Log, new() { Name = "Log" }))
            .ToContainTextAsync(new Regex("Queued .*Started .*Completed ", RegexOptions.Singleline));

        await page.GetByRole(AriaRole.Radio, new() { Name = "JSON" }).CheckAsync(new() { Force = true });
        await Expect(page.Locator(".stage-json")).ToContainTextAsync("\"prompt\": \"A fox\"");
        await share.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create link" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog).Locator("code")).ToContainTextAsync("/share/");
    }

    [Fact]
    public async Task An_example_fills_the_prompt_and_reset_empties_the_form()
    {
        await using var console = await browser.OpenAsync();
        var page = console.Page;
        await page.GetByRole(AriaRole.Radio, new() { Name = "Image", Exact = true }).CheckAsync(new() { Force = true });
        await page.Locator(".ideas .chip").First.ClickAsync();
        await page.Locator("input[type=file]").First.SetInputFilesAsync(ConsoleBrowser.Portrait);
        await Expect(page.Locator(".drop .facts")).ToContainTextAsync("600×800");
        await Expect(page.GetByLabel("Prompt").First).ToHaveValueAsync("She turns to the camera and smiles");

        await page.GetByRole(AriaRole.Button, new() { Name = "Reset" }).ClickAsync();
        await Expect(page.GetByLabel("Prompt").First).ToHaveValueAsync("");
        await Expect(page.Locator(".drop .facts")).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Radio, new() { Name = "Image", Exact = true })).ToBeCheckedAsync();
    }
}
