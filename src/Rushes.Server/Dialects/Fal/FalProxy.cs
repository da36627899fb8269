using Rushes.Catalog;

namespace Rushes.Server.Dialects.Fal;

/// <summary>
/// What fal's clients take for a proxy in front of fal: the URL they mean comes in a header, and is served here. Nothing is
/// ever sent on. Whoever puts a server of theirs before it, which adds the key, opens no more than this dialect's calls.
/// </summary>
internal static class FalProxy
{
    public const string Path = "/api/fal/proxy";

    /// <summary>To be put before routing, which then sees the URL that was meant.</summary>
    public static IApplicationBuilder UseFalProxy(this IApplicationBuilder app, ModelCatalog catalog)
    {
        string[] apps = [.. new FalApps(catalog).Owners.Select(owner => $"/{owner}")];
        string[] storage = ["/storage"];
        // fal's hosts, what each is here, and which of its paths are served.
        var hosts = new Dictionary<string, (string Prefix, string[] Paths)>
        {
            ["queue.fal.run"] = ("", apps),
            ["fal.run"] = (FalRun.Prefix, apps),
            ["rest.fal.ai"] = ("", storage),
            ["rest.alpha.fal.ai"] = ("", storage),
        };
        return app.Use((http, next) =>
        {
            if (http.Request.Path != Path) return next(http);
            var sent = http.Request.Headers["x-fal-target-url"].ToString();
            if (!Uri.TryCreate(sent, UriKind.Absolute, out var target) || !IsPlain(target) || !hosts.TryGetValue(target.Host, out var host))
                return FalErrors.BadTarget(sent).ExecuteAsync(http);

            var path = PathString.FromUriComponent(target);
            if (!Array.Exists(host.Paths, served => path.StartsWithSegments(served)))
                return (host.Paths == apps ? FalErrors.UnknownApp(path.Value!.Trim('/')) : FalErrors.BadTarget(sent)).ExecuteAsync(http);
            http.Request.Path = new PathString(host.Prefix).Add(path);
            http.Request.QueryString = QueryString.FromUriComponent(target);
            return next(http);
        });
    }

    private static bool IsPlain(Uri target) => target.Scheme == Uri.UriSchemeHttps && target.IsDefaultPort && target.UserInfo.Length == 0;
}
