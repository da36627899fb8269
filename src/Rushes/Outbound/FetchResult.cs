namespace Rushes.Outbound;

public abstract record FetchResult
{
    private protected FetchResult() { }
}

/// <summary>The complete file is on disk.</summary>
public sealed record Fetched(long Bytes, byte[] Sha256) : FetchResult;

/// <param name="Reason">For the customer. It contains no address and, after a redirect, no URL that the customer did not
/// know, so that it reveals nothing about the internal network.</param>
public sealed record Rejected(RejectedCode Code, string Reason) : FetchResult
{
    internal Rejected AfterRedirect() =>
        this with { Reason = $"After a redirect, {char.ToLowerInvariant(Reason[0])}{Reason[1..]}" };
}

public enum RejectedCode
{
    /// <summary>Not an allowed http or https URL.</summary>
    BadUrl,

    /// <summary>The host is, or resolves to, an address that the <see cref="AddressRules"/> do not allow.</summary>
    AddressNotAllowed,

    Unresolved,

    /// <summary>No connection, no TLS, or an invalid HTTP response.</summary>
    Unreachable,

    TooManyRedirects,

    /// <summary>A status other than 2xx.</summary>
    BadStatus,

    TooLarge,

    TooSlow,

    /// <summary>The content ended early.</summary>
    Interrupted,

    /// <summary>A Content-Encoding that is not supported, or not the one that the content has.</summary>
    Encoded,
}

public sealed record FetchLimits
{
    /// <summary>Maximum bytes of content, at least 1. Default 10 MiB.</summary>
    public long MaxBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Time limit for name resolution, connections, redirects and content together. Default 30 seconds.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(30);
}
