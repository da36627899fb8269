namespace Rushes.Outbound;

public abstract record FetchResult
{
    private protected FetchResult() { }
}

/// <summary>The whole file is on disk.</summary>
public sealed record Fetched(long Bytes, byte[] Sha256) : FetchResult;

/// <param name="Reason">
/// A sentence for the customer. It names no address and, once a redirect was followed, no place of which the customer
/// did not already know: the wording must not be a map of the network this runs in.
/// </param>
public sealed record Refused(RefusedCode Code, string Reason) : FetchResult
{
    internal Refused AfterRedirect() =>
        this with { Reason = $"After a redirect, {char.ToLowerInvariant(Reason[0])}{Reason[1..]}" };
}

public enum RefusedCode
{
    /// <summary>Not an http or https URL this product would follow.</summary>
    BadUrl,

    /// <summary>The host is, or resolves to, an address that the <see cref="AddressRules"/> do not allow.</summary>
    AddressNotAllowed,

    Unresolved,

    /// <summary>No connection, no TLS, or no valid HTTP answer.</summary>
    Unreachable,

    TooManyRedirects,

    /// <summary>An answer other than 2xx.</summary>
    BadStatus,

    TooLarge,

    TooSlow,

    /// <summary>The content ended before its announced end.</summary>
    Interrupted,

    /// <summary>A Content-Encoding that is not supported, or not the one that the content has.</summary>
    Encoded,
}

public sealed record FetchLimits
{
    /// <summary>Bytes of content, 1 or more. Default 10 MiB.</summary>
    public long MaxBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>For everything: names, connections, redirects and content. Default 30 seconds.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>0 or more. Default 3.</summary>
    public int MaxRedirects { get; init; } = 3;
}
