using Rushes.Files;
using Rushes.Server.Auth;
using Rushes.Server.Hosting;

namespace Rushes.Server.Transfers;

/// <summary>
/// Signed URLs for uploads. They lead to the gateway for every file store: S3 cannot limit, count or inspect what is uploaded to
/// its own signed URLs. A link ends with the API key that asked for it.
/// </summary>
internal sealed class UploadLinks(Stores stores, KeyRing keys, TimeProvider clock)
{
    public const string Path = "/storage/upload/";

    private readonly SigV4 signer = new("rushes-uploads", Convert.ToHexStringLower(stores.UploadKey));

    /// <param name="caller">The id of the API key that asks for the link.</param>
    /// <param name="origin">The scheme and host that the caller reached the gateway by.</param>
    public Uri Of(string key, long caller, TimeSpan lifetime, Uri origin)
    {
        var path = PathOf(key, caller);
        var query = signer.Presign(HttpMethods.Put, origin.Authority, path, lifetime, clock.GetUtcNow());
        return new Uri($"{origin.GetLeftPart(UriPartial.Authority)}{SigV4.EncodePath(path)}?{query}");
    }

    /// <summary>Whether the link is signed, not expired, and its API key still valid.</summary>
    public bool IsGood(string key, long caller, HttpRequest request) => keys.IsGood(caller) && signer.Verify(
        HttpMethods.Put, request.Host.Value ?? "", PathOf(key, caller), request.QueryString.Value ?? "",
        clock.GetUtcNow()) == LinkCheck.Good;

    private static string PathOf(string key, long caller) => $"{Path}{caller}/{key}";
}
