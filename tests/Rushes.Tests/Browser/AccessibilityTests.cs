using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Rushes.Tests.Rules;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rushes.Tests.Browser;

/// <summary>What everyone must be able to use: by axe-core's rules, by keyboard, on a phone, in the dark.</summary>
[Collection(ConsoleBrowser.Collection)]
public sealed class AccessibilityTests(ConsoleBrowser browser)
{
    private static readonly string Axe = Path.Combine(
        RoomTests.Root(), "tests", "clients", "axe", "node_modules", "axe-core", "axe.min.js");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Axe_finds_nothing_on_any_page(bool dark, bool phone)
    {
        Assert.True(File.Exists(Axe), $"run \"npm ci\" in tests/clients/axe, or ./test, which does");
        using var created = await browser.Gateway.Http.PostAsJsonAsync(
            "/queue/wan22-fast-t2v", new { prompt = "A fox", duration = 0.5, webhook_url = $"{browser.Gateway.Origin}/hook" },
            Cancel);
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
        await using (var stranger = await browser.OpenAsync(key: null, dark: dark, phone: phone))
        {
            await Expect(stranger.Page.GetByLabel("Key")).ToBeVisibleAsync();
            await AssertCleanAsync(stranger.Page, "sign in");
        }

        await using var console = await browser.OpenAsync(dark: dark, phone: phone);
        var page = console.Page;
        // The job is looked at once its callback was tried: then all that the page has is there.
        foreach (var (path, ready) in new[]
        {
            ("/console", ".ask-form"), ("/console/jobs", ".jobs tbody tr"), ($"/console/jobs/{id}", ".tries tbody tr"),
            ("/console/gallery", ".tile"), ($"/console/compare?jobs={id}", ".compare video"),
            ("/console/queue", ".lane"), ("/console/workers", ".worker"), ("/console/accounts", ".list tbody tr"),
            ("/console/accounts/first", "#statement"), ("/console/health", ".checks li"),
            ("/console/reports", ".empty"),
            ("/docs", "article h1"), ("/docs/operate/settings", "article table"), ("/docs/api/queue", "article .code"),
            ("/docs/nowhere", "article h1"), ("/openapi/openrouter", ".try-key input"),
        })
        {
            await page.GotoAsync(path);
            await Expect(page.Locator(ready).First).ToBeVisibleAsync();
            await page.Locator("details").EvaluateAllAsync<object?>("all => all.forEach(each => each.open = true)");
            await AssertCleanAsync(page, path);
            // Nothing is cut off or has to be pushed aside.
            Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= (phone ? 390 : 1280), path);
        }
    }

    [Theory]
    [InlineData(390, false)]
    [InlineData(360, true)]
    public async Task On_a_phone_no_text_of_a_control_is_cut_off(int width, bool dark)
    {
        await using var console = await browser.OpenAsync(dark: dark, phone: true, phoneWidth: width);
        var page = console.Page;
        foreach (var (path, ready) in new[]
        {
            ("/console", ".ideas .chip"), ("/console/jobs", ".filters .select"), ("/console/queue", ".lane"),
            ("/console/gallery", ".chips .chip"),
            ("/console/workers", ".worker"), ("/console/accounts", ".list tbody tr"), ("/console/accounts/first", "#statement"),
            ("/console/health", ".checks li"),
        })
        {
            await page.GotoAsync(path);
            await Expect(page.Locator(ready).First).ToBeVisibleAsync();
            await page.Locator("main details").EvaluateAllAsync<object?>("all => all.forEach(each => each.open = true)");
            var cut = await page.EvaluateAsync<string[]>("""
                () => {
                  const pen = document.createElement('canvas').getContext('2d');
                  const widthOf = select => {
                    pen.font = getComputedStyle(select).font;
                    return pen.measureText(select.selectedOptions[0]?.text ?? '').width + 46;
                  };
                  const isCut = each => each.tagName === 'SELECT' ? widthOf(each) > each.clientWidth
                    : each.scrollWidth > Math.max(each.clientWidth, each.offsetWidth)
                      || each.getBoundingClientRect().right > innerWidth && !each.closest('.scrolls, .mine ul, nav ul');
                  const controls = 'select, .chip, .button, .choice label > span, nav span, .state, .sizes span';
                  return [...document.querySelectorAll(controls)]
                    .filter(each => each.offsetWidth > 0 && isCut(each))
                    .map(each => `${each.tagName} ${each.className} ${each.textContent.slice(0, 40)}`);
                }
                """);
            Assert.True(cut.Length == 0, $"{path}:\n{string.Join('\n', cut)}");
            Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, path);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_user_menu_is_in_front_and_closes(bool phone)
    {
        await using var console = await browser.OpenAsync(phone: phone, phoneWidth: 360);
        var page = console.Page;
        await Expect(page.Locator(".ask-form")).ToBeVisibleAsync();
        var leave = page.GetByRole(AriaRole.Button, new() { Name = "Sign out" });
        await page.Locator(".who summary").ClickAsync();
        await Expect(leave).ToBeInViewportAsync(new() { Ratio = 1 });
        await leave.ClickAsync(new() { Trial = true });
        await page.Keyboard.PressAsync("Escape");
        await Expect(leave).ToBeHiddenAsync();
        await page.Locator(".who summary").ClickAsync();
        await page.Locator("main").ClickAsync(new() { Position = new() { X = 5, Y = 5 } });
        await Expect(leave).ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_keyboard_reaches_everything()
    {
        await using var console = await browser.OpenAsync();
        var page = console.Page;
        await Expect(page.Locator(".ask-form")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByText("Skip to content")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Radio, new() { Name = "Text" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page.GetByRole(AriaRole.Radio, new() { Name = "Image" })).ToBeCheckedAsync();
        var picker = page.WaitForFileChooserAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await (await picker).SetFilesAsync(ConsoleBrowser.Portrait);
        await Expect(page.Locator(".drop .facts")).ToContainTextAsync("600×800");
    }

    private static async Task AssertCleanAsync(IPage page, string where)
    {
        await page.EvaluateAsync(await File.ReadAllTextAsync(Axe, Cancel));
        var found = await page.EvaluateAsync<string[]>("""
            async () => (await axe.run()).violations.filter(each => each.impact !== 'minor')
              .map(each => `${each.id} (${each.impact}): ${each.nodes.map(node => node.target.join(' ')).join(', ')}`)
            """);
        Assert.True(found.Length == 0, $"{where}:\n{string.Join('\n', found)}");
    }
}
