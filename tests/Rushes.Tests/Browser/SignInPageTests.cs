using Microsoft.Playwright;
using Rushes.Server.Settings;
using Rushes.Tests.SignIn;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rushes.Tests.Browser;

/// <summary>The sign-in page with an identity provider, in a browser that keeps to the rules of cookies.</summary>
[Collection(ConsoleBrowser.Collection)]
public sealed class SignInPageTests(ConsoleBrowser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_signs_in_at_the_provider_returns_to_the_page_and_signs_out_at_both()
    {
        await using var provider = await TestProvider.StartAsync();
        await using var gateway = await TestGateway.StartAsync(0, Cancel, options: new GatewayOptions
        {
            OidcAuthority = provider.Url, OidcClientId = TestProvider.ClientId, OidcClientSecret = TestProvider.ClientSecret,
            OidcName = "Example", OidcGroups = "studio=submit+read",
        });
        await using var window = await browser.OpenAsync("/console/jobs", key: null, gateway: gateway);
        window.Allow(provider.Url);
        var page = window.Page;
        await Expect(page.GetByLabel("API key")).ToBeVisibleAsync();
        await ConsoleBrowser.PictureAsync(page, "sign-in");
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in with Example" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" })).ToBeVisibleAsync();
        Assert.Equal("/console/jobs", new Uri(page.Url).AbsolutePath);

        await page.Locator(".who summary").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Sign in with Example" })).ToBeVisibleAsync();
        Assert.Equal(1, provider.SignOuts);

        provider.Visitor = new Visitor("2", "mallory", ["guests"]);
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in with Example" }).ClickAsync();
        await Expect(page.GetByText("You are in no group that may sign in here.")).ToBeVisibleAsync();
        Assert.Equal("/console", new Uri(page.Url).PathAndQuery);
    }
}
