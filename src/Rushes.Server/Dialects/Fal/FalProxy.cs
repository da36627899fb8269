using Rushes.Catalog;

namespace Rushes.Server.Dialects.Fal;

/// <summary>
/// Acts as the proxy that fal clients support: the original URL is in a header and is served by this gateway. Nothing is
/// forwarded. A server that adds a key in front of this endpoint exposes only the calls of this dialect.
/// </summary>
internal static class FalProxy
{
    public const string Path = "/api/fal/proxy";

    /// <summary>Runs before routing and rewrites the path to the original URL.</summary>
    public static IApplicationBuilder UseFalProxy(this IApplicationBuilder app, ModelCatalog catalog)
    {
        string[] apps = [.. new FalApps(catalog).Owners.Select(owner => $"/{owner}")];
        string[] storage = ["/storage"];
        // fal's hosts with their path prefix here and the paths that are served.
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
            if (!Uri.TryCreate(sent, UriKind.Absolute, out var target) || !IsPlain(target)
                || !hosts.TryGetValue(target.Host, out var host))
                return FalErrors.BadTarget(sent).ExecuteAsync(http);

            var path = PathString.FromUriComponent(target);
            if (!Array.Exists(host.Paths, served => path.StartsWithSegments(served)))
                return (host.Paths == apps ? FalErrors.UnknownApp(path.Value!.Trim('/')) : FalErrors.BadTarget(sent))
                    .ExecuteAsync(http);
            http.Request.Path = new PathString(host.Prefix).Add(path);
            http.Request.QueryString = QueryString.FromUriComponent(target);
            return next(http);
        });
    }

    /// <summary>A path with a NUL is rejected here because the server rejects it in a request's own path.</summary>
    private static bool IsPlain(Uri target) =>
        target.Scheme == Uri.UriSchemeHttps && target.IsDefaultPort && target.UserInfo.Length == 0
        && !target.AbsolutePath.Contains("%00", StringComparison.Ordinal);
}
