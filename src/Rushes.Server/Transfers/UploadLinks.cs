using Rushes.Files;
using Rushes.Server.Hosting;

namespace Rushes.Server.Transfers;

/// <summary>
/// Signed URLs for uploads. They lead to the gateway for every file store: S3 cannot limit, count or inspect what is uploaded to
/// its own signed URLs.
/// </summary>
internal sealed class UploadLinks(Stores stores, TimeProvider clock)
{
    public const string Path = "/storage/upload/";

    private readonly SigV4 signer = new("rushes-uploads", Convert.ToHexStringLower(stores.UploadKey));

    /// <param name="origin">The scheme and host that the caller reached the gateway by.</param>
    public Uri Of(string key, TimeSpan lifetime, Uri origin)
    {
        var query = signer.Presign(HttpMethods.Put, origin.Authority, Path + key, lifetime, clock.GetUtcNow());
        return new Uri($"{origin.GetLeftPart(UriPartial.Authority)}{SigV4.EncodePath(Path + key)}?{query}");
    }

    public LinkCheck Check(string key, HttpRequest request) =>
        signer.Verify(HttpMethods.Put, request.Host.Value ?? "", Path + key, request.QueryString.Value ?? "", clock.GetUtcNow());
}
