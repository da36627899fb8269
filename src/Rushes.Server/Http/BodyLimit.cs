using Microsoft.AspNetCore.Http.Metadata;

namespace Rushes.Server.Http;

/// <summary>Endpoint metadata: how many bytes the body of a request may have.</summary>
/// <remarks>
/// Only where no media are sent: a client that is rejected while it sends more than this may lose the connection before it reads
/// the answer.
/// </remarks>
internal sealed record BodyLimit(long Bytes) : IRequestSizeLimitMetadata
{
    /// <summary>For calls whose body is a few fields.</summary>
    public static readonly BodyLimit Fields = new(256 << 10);

    public long? MaxRequestBodySize => Bytes;
}
