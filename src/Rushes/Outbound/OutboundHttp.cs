using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Rushes.Outbound;

/// <summary>Sends all requests to addresses that customers specify.</summary>
/// <remarks>
/// A name is resolved once for each connection, all its addresses are checked, and the connection uses one of them: a name
/// server that answers differently the next time (DNS rebinding) has no effect. A name with an address that is not allowed is
/// rejected. Using only its allowed addresses would be as safe, but the result would depend on the records in one answer, and
/// a name with public and private addresses is an attack or a mistake. A pooled connection is reused without a look-up; its
/// address was checked by the same rules.
/// </remarks>
public sealed class OutboundHttp : IDisposable
{
    private const int AddressesTried = 4;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    private readonly AddressRules rules;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve;
    private readonly HttpClient client;

    /// <param name="resolve">Resolves a host name; null for the system's resolver.</param>
    public OutboundHttp(AddressRules rules, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        this.rules = rules;
        this.resolve = resolve ?? Dns.GetHostAddressesAsync;
        client = new HttpClient(Handler()) { Timeout = Timeout.InfiniteTimeSpan };
        var version = ProgramVersion.Text;
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Rushes", version));
    }

    /// <summary>
    /// Whether the host is allowed as it resolves now; null if it is. Only for an early error: every later connection is
    /// checked again.
    /// </summary>
    public async Task<Rejected?> CheckAsync(OutboundUrl url, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(ConnectLimit, TimeProvider.System);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            await AddressesAsync(url.Uri.IdnHost, limit.Token);
            return null;
        }
        catch (RejectedException rejected)
        {
            return rejected.Rejected;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return NoAddress(RejectedCode.Unresolved);
        }
    }

    /// <summary>The same for a URL as a customer sent it, which must also be valid.</summary>
    public async Task<Rejected?> CheckAsync(string? text, CancellationToken cancel) =>
        OutboundUrl.TryParse(text, out var url, out var rejected) ? await CheckAsync(url, cancel) : rejected;

    /// <summary>
    /// Sends <paramref name="request"/> to <paramref name="url"/>, which replaces its own URL, and returns when the headers
    /// have arrived. It does not follow redirects. Connecting is limited to 10 seconds; the caller limits the rest.
    /// </summary>
    public async Task<OutboundAnswer> SendAsync(OutboundUrl url, HttpRequestMessage request, CancellationToken cancel)
    {
        request.RequestUri = url.Uri;
        try
        {
            return new OutboundAnswer.Answered(await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel));
        }
        catch (HttpRequestException failure)
        {
            cancel.ThrowIfCancellationRequested();
            return new OutboundAnswer.NotReached(Why(failure));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new OutboundAnswer.NotReached(Unreachable("did not accept a connection in time"));
        }
    }

    /// <summary>
    /// The same connections, for code that sends its own requests to URLs that were parsed as an <see cref="OutboundUrl"/>.
    /// </summary>
    public HttpClient Client => client;

    public void Dispose() => client.Dispose();

    private SocketsHttpHandler Handler() => new()
    {
        ConnectCallback = ConnectAsync,
        ConnectTimeout = ConnectLimit,
        // A proxy would resolve the name itself, without the check.
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        // A few kilobytes of gzip can expand to gigabytes.
        AutomaticDecompression = DecompressionMethods.None,
        // Do not send our trace ids to others.
        ActivityHeadersPropagator = null,
        // Do not read the rest of an abandoned response to keep the connection.
        MaxResponseDrainSize = 0,
        MaxResponseHeadersLength = 32, // KiB
        MaxConnectionsPerServer = 32,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var addresses = await AddressesAsync(context.DnsEndPoint.Host, cancel);
        // An address that does not respond (often a broken IPv6 route) must leave time for the next one.
        var share = ConnectLimit / Math.Min(addresses.Length, AddressesTried);
        foreach (var address in addresses.Take(AddressesTried))
        {
            if (await TryConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), share, cancel) is { } stream)
                return stream;
        }
        throw new RejectedException(Unreachable("could not be connected to"));
    }

    private static async Task<NetworkStream?> TryConnectAsync(IPEndPoint to, TimeSpan limit, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(limit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(to, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception failure)
        {
            socket.Dispose();
            if (failure is SocketException or OperationCanceledException && !cancel.IsCancellationRequested) return null;
            throw;
        }
    }

    /// <summary>The addresses of a host: at least one, all of them allowed.</summary>
    /// <exception cref="RejectedException"/>
    private async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancel)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return rules.Allows(literal)
                ? [AddressRules.Unmapped(literal)]
                : throw new RejectedException(
                    new Rejected(RejectedCode.AddressNotAllowed, "The URL's host is an address that may not be reached."));
        }

        IPAddress[] addresses;
        try
        {
            // The system's resolver cannot be cancelled, but the wait for it can.
            addresses = await resolve(host, cancel).WaitAsync(cancel);
        }
        catch (SocketException)
        {
            addresses = [];
        }
        if (addresses.Length == 0) throw new RejectedException(NoAddress(RejectedCode.Unresolved));

        return Array.TrueForAll(addresses, rules.Allows)
            ? Array.ConvertAll(addresses, AddressRules.Unmapped)
            : throw new RejectedException(NoAddress(RejectedCode.AddressNotAllowed));
    }

    private static Rejected Why(HttpRequestException failure)
    {
        for (var cause = failure.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (cause is RejectedException rejected) return rejected.Rejected;
        }
        return failure.HttpRequestError == HttpRequestError.SecureConnectionError
            ? Unreachable("has no valid TLS certificate or speaks no TLS")
            : Unreachable("did not give a valid HTTP answer");
    }

    /// <summary>The same message for unknown and internal names, so that customers cannot probe for internal names.</summary>
    private static Rejected NoAddress(RejectedCode code) =>
        new(code, "The URL's host does not resolve to an address that may be reached.");

    private static Rejected Unreachable(string how) => new(RejectedCode.Unreachable, $"The URL's host {how}.");

    /// <summary>Passes the result through HttpClient, whose connect callback can only throw.</summary>
    private sealed class RejectedException(Rejected rejected) : Exception(rejected.Reason)
    {
        public Rejected Rejected => rejected;
    }
}

public abstract record OutboundAnswer
{
    private OutboundAnswer() { }

    /// <summary>Any status. The caller disposes the response.</summary>
    public sealed record Answered(HttpResponseMessage Response) : OutboundAnswer;

    public sealed record NotReached(Rejected Why) : OutboundAnswer;
}
