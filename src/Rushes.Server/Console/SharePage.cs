using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Rushes.Accounts;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Http;

namespace Rushes.Server.Console;

/// <summary>
/// The page of a share link: the video, without the prompt or anything else of the account. It needs no key, because the link is
/// signed.
/// </summary>
internal sealed class SharePage(
    ShareLinks links, JobDesk desk, AccountDirectory accounts, IFileStore files, Origin origin, TimeProvider clock)
{
    /// <summary>After the path of a page: where its form sends a report of misuse.</summary>
    public const string ReportPath = "/report";

    /// <summary>How long the URL of the video in the page is valid, at most.</summary>
    private static readonly TimeSpan VideoLife = TimeSpan.FromHours(1);

    private const string Style =
        "body{margin:0;min-height:100dvh;display:grid;place-content:center;gap:1rem;padding:1rem;box-sizing:border-box;"
        + "font:15px/1.5 system-ui,sans-serif;color-scheme:light dark;background:light-dark(#f6f5f2,#111215);"
        + "color:light-dark(#5f5b54,#a5abb8);text-align:center}video{max-width:100%;max-height:80dvh;border-radius:12px}"
        + "a,summary{color:light-dark(#b8431a,#ff8a56)}summary{cursor:pointer}form{display:grid;gap:.75rem;padding:1rem;"
        + "text-align:left}label{display:grid;gap:.25rem}select,textarea,input,button{font:inherit;padding:.5rem}";

    private static readonly string StyleHash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet(ShareLinks.Path + "{token}", ShowAsync).RequireSignedLink();

    private async Task<IResult> ShowAsync(HttpContext http, string token, CancellationToken cancel)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers["X-Robots-Tag"] = "noindex";
        if (links.Read(token) is not (var id, var until)) return Page(http, 403, "This link is invalid or has expired.");
        // A signed URL lasts at least one second.
        var left = until - clock.GetUtcNow();
        if (left < TimeSpan.FromSeconds(1)) return Page(http, 403, "This link is invalid or has expired.");
        if (await FindAsync(id, cancel) is not { ResultKey: { } key } || await files.FindAsync(key, cancel) is null)
            return Page(http, 404, "This video has been deleted.");

        var url = files.Presign(
            HttpMethods.Get, key, left < VideoLife ? left : VideoLife, new Uri(origin.Of(http.Request)));
        var end = until.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        var source = WebUtility.HtmlEncode(url.AbsoluteUri);
        return Page(
            http, 200,
            $"""<a href="{source}" download>Download</a> · This link works until {end}.""",
            $"""<video src="{source}" controls autoplay muted loop playsinline></video>""",
            url.GetLeftPart(UriPartial.Authority), ReportForm(token));
    }

    /// <summary>Null also if the account is suspended.</summary>
    private async Task<Job?> FindAsync(long id, CancellationToken cancel) =>
        await desk.ReadAsync(id, null, null, cancel) is { } job && accounts.Find(job.Account) is { Suspended: false }
            ? job
            : null;

    /// <param name="token">Of a valid link; it has only letters, digits, - and _.</param>
    private static string ReportForm(string token) =>
        $"""
        <details><summary>Report this video</summary><form method="post" action="{ShareLinks.Path}{token}{ReportPath}">
        <label>What is wrong with it? <select name="reason">{string.Concat(ReportReasons.All.Select(reason =>
            $"""<option value="{reason.Key}">{reason.Value}</option>"""))}</select></label>
        <label>Details <textarea name="details" rows="4" maxlength="{ReportReasons.MaxDetails}"></textarea></label>
        <label>How to reach you, if you want a reply <input name="contact" maxlength="{ReportReasons.MaxContact}"></label>
        <button>Send report</button></form></details>
        """;

    /// <param name="form">Shown below the text.</param>
    public static IResult Page(
        HttpContext http, int status, string text, string video = "", string media = "'none'", string form = "")
    {
        http.Response.Headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'sha256-{StyleHash}'; media-src {media}; "
            + $"base-uri 'none'; form-action {(form.Length > 0 ? "'self'" : "'none'")}; frame-ancestors 'none'";
        return TypedResults.Text(
            $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Video</title><style>{Style}</style></head>
            <body>{video}<p>{text}</p>{form}</body></html>
            """,
            "text/html; charset=utf-8", Encoding.UTF8, status);
    }
}
