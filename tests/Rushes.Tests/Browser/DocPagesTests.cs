using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rushes.Tests.Browser;

/// <summary>The documentation in a browser.</summary>
[Collection(ConsoleBrowser.Collection)]
public sealed class DocPagesTests(ConsoleBrowser browser)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_documentation_is_found_from_the_console_searched_and_read(bool phone)
    {
        await using var console = await browser.OpenAsync(key: null, phone: phone);
        var page = console.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "Documentation" }).ClickAsync();
        await Expect(page).ToHaveURLAsync($"{browser.Gateway.Origin}/docs");

        var search = page.GetByRole(AriaRole.Searchbox);
        await search.FillAsync("fair share");
        await Expect(page.Locator(".found mark").First).ToHaveTextAsync("fair", new() { IgnoreCase = true });
        await search.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync($"{browser.Gateway.Origin}/docs/operate/limits#fair-share");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Fair share", Exact = false }).Last).ToBeInViewportAsync();

        if (phone) await page.GetByRole(AriaRole.Button, new() { Name = "Pages" }).ClickAsync();
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" }).GetByText("Doctor").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Doctor");
        if (phone) return;
        await page.Locator(".code").First.HoverAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy" }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Copied" })).ToBeVisibleAsync();
        Assert.StartsWith(
            "rushes doctor", await page.EvaluateAsync<string>("navigator.clipboard.readText()"), StringComparison.Ordinal);
    }
}
