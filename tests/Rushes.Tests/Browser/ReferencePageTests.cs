using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rushes.Tests.Browser;

/// <summary>The API reference in a browser: requests can be sent from it with one's own key.</summary>
[Collection(ConsoleBrowser.Collection)]
public sealed class ReferencePageTests(ConsoleBrowser browser)
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task A_call_is_tried_with_ones_own_key(bool phone, bool dark)
    {
        await using var console = await browser.OpenAsync("/openapi/", key: null, phone: phone, dark: dark);
        var page = console.Page;
        var call = page.Locator(".call[data-path='/queue/wan22-fast-t2v']");
        await call.Locator("summary").ClickAsync();
        await Expect(call.Locator(".code")).ToContainTextAsync($"curl '{browser.Gateway.Origin}/queue/wan22-fast-t2v'");
        await call.GetByRole(AriaRole.Button, new() { Name = "Send request" }).ClickAsync();
        await Expect(call.Locator(".try-answer p")).ToContainTextAsync("401");

        await page.GetByLabel("API key").FillAsync(TestGateway.Key);
        await Expect(call.GetByLabel("dry_run")).ToHaveValueAsync("true");
        await call.GetByRole(AriaRole.Button, new() { Name = "Send request" }).ClickAsync();
        await Expect(call.Locator(".try-answer p")).ToHaveTextAsync(new Regex("^200 .*ms$"));
        await Expect(call.Locator(".try-answer code")).ToContainTextAsync("\"width\": 832");
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= (phone ? 390 : 1280));
    }

    [Fact]
    public async Task Each_api_has_a_page_and_its_own_form_of_key()
    {
        await using var console = await browser.OpenAsync("/openapi/", key: null);
        var page = console.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "fal API" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("fal API reference");
        await page.GetByLabel("API key").FillAsync(TestGateway.Key);
        var call = page.Locator(".call[data-path$='text-to-video']").First;
        await call.Locator("summary").ClickAsync();
        await call.GetByRole(AriaRole.Button, new() { Name = "Send request" }).ClickAsync();
        await Expect(call.Locator(".try-answer p")).ToHaveTextAsync(new Regex("^200 .*ms$"));
    }
}
