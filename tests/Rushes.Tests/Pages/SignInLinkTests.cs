using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rushes.Server.Auth;
using Rushes.Tests.Cli;
using Xunit;

namespace Rushes.Tests.Pages;

/// <summary>The link that <c>rushes serve</c> prints on a terminal.</summary>
public sealed class SignInLinkTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_code_is_valid_once_and_for_15_minutes()
    {
        var clock = new FakeClock();
        var codes = new SignInCodes(clock);
        var (first, second) = (codes.Make(7), codes.Make(8));
        Assert.NotEqual(first, second);
        Assert.Null(codes.Take(""));
        Assert.Null(codes.Take(first[1..] + "0"));
        Assert.Equal(7, codes.Take(first));
        Assert.Null(codes.Take(first));
        clock.Advance(SignInCodes.Life);
        Assert.Null(codes.Take(second));
    }

    [Fact]
    public async Task The_link_on_a_terminal_signs_a_browser_in_once()
    {
        using var data = new TempFolder();
        await using var terminal = Terminal.Open(
            [], "serve", "--urls", "http://127.0.0.1:0", "--data", data.Path, "--workers", "0");
        await Eventually.TrueWhileAsync([terminal.Ended], () => Link().IsMatch(terminal.Shown), Cancel);
        var link = Link().Match(terminal.Shown);
        using var browser = new HttpClient { BaseAddress = new Uri(link.Groups[1].Value) };
        using var signedIn = await PostAsync(browser, link.Groups[2].Value);
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        Assert.Equal("first", (await signedIn.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("key").GetString());
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/console/api/jobs", Cancel)).StatusCode);

        using var again = await PostAsync(browser, link.Groups[2].Value);
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
        Assert.Contains("used before or has expired", await again.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_gets_no_link()
    {
        using var data = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(data.Path, 0, Cancel);
        Assert.NotNull(await gateway.WaitForAsync("The console is at", Cancel));
        Assert.Equal(0, await gateway.StopAsync(Cancel));
        Assert.DoesNotContain(gateway.Output, line => line.Contains("#code=", StringComparison.Ordinal));
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient browser, string code)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/console/api/session/code");
        request.Headers.Add(SignInCodes.Header, code);
        return browser.SendAsync(request, Cancel);
    }

    private static Regex Link() => new(@"(http://127\.0\.0\.1:\d+)/console#code=([0-9a-f]{64})");
}
