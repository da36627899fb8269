using System.Collections.Frozen;

namespace Rushes.Server.Dialects.Fal;

/// <summary>
/// What fal's clients take for a proxy in front of fal: the URL they mean comes in a header, and is served here. Nothing is
/// ever sent on.
/// </summary>
internal static class FalProxy
{
    public const string Path = "/api/fal/proxy";

    /// <summary>fal's hosts, what each is here, and which of its paths are served.</summary>
    private static readonly FrozenDictionary<string, (string Prefix, string Paths)> Hosts = new Dictionary<string, (string, string)>
    {
        ["queue.fal.run"] = ("", "/"),
        ["fal.run"] = (FalRun.Prefix, "/"),
        ["rest.fal.ai"] = ("", "/storage/"),
        ["rest.alpha.fal.ai"] = ("", "/storage/"),
    }.ToFrozenDictionary();

    /// <summary>To be put before routing, which then sees the URL that was meant.</summary>
    public static IApplicationBuilder UseFalProxy(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (http.Request.Path != Path) return next(http);
        var sent = http.Request.Headers["x-fal-target-url"].ToString();
        if (!Uri.TryCreate(sent, UriKind.Absolute, out var target) || !IsServed(target, out var prefix)) return FalErrors.BadTarget(sent).ExecuteAsync(http);
        http.Request.Path = new PathString(prefix).Add(PathString.FromUriComponent(target));
        http.Request.QueryString = QueryString.FromUriComponent(target);
        return next(http);
    });

    private static bool IsServed(Uri target, out string prefix)
    {
        prefix = "";
        if (target.Scheme != Uri.UriSchemeHttps || !target.IsDefaultPort || target.UserInfo.Length > 0) return false;
        if (!Hosts.TryGetValue(target.Host, out var host) || !target.AbsolutePath.StartsWith(host.Paths, StringComparison.Ordinal)) return false;
        prefix = host.Prefix;
        return true;
    }
}
