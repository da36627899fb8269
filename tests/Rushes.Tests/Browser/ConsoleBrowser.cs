using Microsoft.Playwright;
using Rushes.Server.Settings;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests.Browser;

/// <summary>Debian's Chromium, once for all its tests, and a gateway with one worker to look at.</summary>
public sealed class ConsoleBrowser : IAsyncLifetime
{
    public const string Collection = "Chromium";

    /// <summary>The headless shell is preferred: it has no windows and needs a quarter less processor time.</summary>
    private static readonly string[] Installed = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

    private static readonly string Chromium = Environment.GetEnvironmentVariable("RUSHES_CHROMIUM")
        ?? Installed.FirstOrDefault(File.Exists) ?? Installed[0];

    /// <summary>The time limit for a page in milliseconds, on a machine that also runs all other tests.</summary>
    public const int Patience = 90_000;

    /// <summary>The folder for screenshots for the docs; not set: none are made.</summary>
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("RUSHES_PICTURES");

    private IPlaywright? playwright;
    private IBrowser? browser;

    public static bool TakesPictures => Pictures is not null;

    public TestGateway Gateway { get; private set; } = null!;

    public static string Portrait => Path.Combine(RoomTests.Root(), "demo", "portrait.jpg");

    public static string Voice => Path.Combine(RoomTests.Root(), "demo", "voice.mp3");

    public async ValueTask InitializeAsync()
    {
        Assert.True(
            File.Exists(Chromium),
            $"There is no {Chromium}: apt-get install --no-install-recommends chromium-headless-shell, or ./test, which does; "
                + "or name another in RUSHES_CHROMIUM.");
        Gateway = await TestGateway.StartAsync(1, default, options: new GatewayOptions { FetchAllow = "127.0.0.0/8" });
        Assertions.SetDefaultExpectTimeout(Patience);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = ["--no-sandbox"], Timeout = Patience });
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
        await Gateway.DisposeAsync();
    }

    /// <summary>Opens a separate window, signed in if <paramref name="key"/> is given.</summary>
    public async Task<ConsolePage> OpenAsync(
        string path = "/console", string? key = TestGateway.Key, bool dark = false, bool phone = false,
        TestGateway? gateway = null, int phoneWidth = 390)
    {
        var origin = (gateway ?? Gateway).Origin;
        var context = await browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = origin,
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = phone
                ? new ViewportSize { Width = phoneWidth, Height = 844 }
                : new ViewportSize { Width = 1280, Height = 860 },
            HasTouch = phone,
            IsMobile = phone,
            ReducedMotion = ReducedMotion.Reduce,
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        // Signed in as the page itself would: the cookie is the context's.
        if (key is not null)
            await context.APIRequest.PostAsync(
                "/console/api/session",
                new APIRequestContextOptions { Headers = [new("Authorization", $"Bearer {key}")], Timeout = Patience });
        context.SetDefaultTimeout(Patience);
        var page = new ConsolePage(context, await context.NewPageAsync(), origin);
        await page.Page.GotoAsync(path);
        return page;
    }

    /// <summary>A screenshot for the docs with 256 colors, a third of the size without a visible difference.</summary>
    /// <param name="height">Of the window, for pages that are longer.</param>
    public static async Task PictureAsync(IPage page, string name, int height = 860)
    {
        if (Pictures is null) return;
        var path = Path.Combine(Directory.CreateDirectory(Pictures).FullName, name + ".png");
        using var folder = new TempFolder();
        await page.SetViewportSizeAsync(1280, height);
        // As it looks when nobody touches it.
        await page.Mouse.MoveAsync(0, 0);
        await page.EvaluateAsync(
            """
            document.activeElement?.blur();
            for (const film of document.querySelectorAll('video')) film.controls = false;
            document.querySelector('.notices').style.visibility = 'hidden';
            scrollTo(0, 0);
            Promise.all([...document.querySelectorAll('video[poster]')].map(film => {
              const poster = new Image();
              poster.src = film.poster;
              return poster.decode();
            }));
            """);
        await page.ScreenshotAsync(
            new PageScreenshotOptions { Path = folder["page.png"], Animations = ScreenshotAnimations.Disabled });
        var exit = await Tool.RunAsync("ffmpeg", ["-v", "error", "-y", "-i", folder["page.png"], "-vf",
            "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=dither=none", path], default, folder.Path);
        Assert.True(exit.Ok, exit.Errors);
    }
}

/// <summary>
/// A page that must not complain: errors it logs, requests it makes elsewhere, and what its policy blocks fail the test.
/// </summary>
public sealed class ConsolePage : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly List<string> complaints = [];
    private readonly CancellationTokenRegistration end;
    private bool losesNetwork;
    private string? allowed;

    public ConsolePage(IBrowserContext context, IPage page, string origin)
    {
        (this.context, Page) = (context, page);
        // Scripts in a page have no time limit: they fail when their page is closed.
        end = TestContext.Current.CancellationToken.Register(() => _ = context.CloseAsync());
        page.PageError += (_, error) => complaints.Add(error);
        page.Console += (_, line) => { if (line.Type == "error" && !IsExpected(line.Text)) complaints.Add(line.Text); };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(origin, StringComparison.Ordinal)
                && !(allowed is not null && request.Url.StartsWith(allowed, StringComparison.Ordinal))
                && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
                complaints.Add(request.Url);
        };
    }

    public IPage Page { get; }

    /// <summary>From now on requests may go to this origin too.</summary>
    public void Allow(string origin) => allowed = origin;

    /// <summary>From now on requests may fail because the test takes the network away.</summary>
    public void ExpectNetworkErrors() => losesNetwork = true;

    public async ValueTask DisposeAsync()
    {
        await end.DisposeAsync();
        await context.DisposeAsync();
        Assert.Empty(complaints);
    }

    /// <summary>Waits until the video has advanced.</summary>
    public static Task AssertMovesAsync(ILocator film) => film.EvaluateAsync<object?>("""
        (film, patience) => new Promise((moved, failed) => {
          const look = () => film.currentTime > 0.1 ? moved() : requestAnimationFrame(look);
          look();
          setTimeout(() => failed(new Error(`the video does not move: ${film.error?.message ?? film.paused}`)), patience);
        })
        """, ConsoleBrowser.Patience);

    /// <summary>Chromium logs every rejected request, which is not an error here.</summary>
    private bool IsExpected(string text) =>
        text.StartsWith("Failed to load resource: the server responded with a status of 4", StringComparison.Ordinal)
        || (losesNetwork && text.Contains("net::ERR_", StringComparison.Ordinal));
}

[CollectionDefinition(ConsoleBrowser.Collection)]
public sealed class ConsoleBrowserTests : ICollectionFixture<ConsoleBrowser>;
