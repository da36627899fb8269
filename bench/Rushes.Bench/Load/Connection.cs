using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rushes.Bench.Load;

/// <summary>
/// A connection that stays open and sends requests as they are. It takes a fraction of the processor time of HttpClient, which
/// would otherwise be taken from the server that is measured.
/// </summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket socket;
    private byte[] buffer = new byte[4096];

    private Connection(Socket socket) => this.socket = socket;

    public static async Task<Connection> OpenAsync(Uri server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port));
        return new Connection(socket);
    }

    public static Task<Connection[]> OpenAsync(Uri server, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => OpenAsync(server)));

    public static byte[] Get(Uri server, string path) => Encoding.UTF8.GetBytes(Head("GET", server, path) + "\r\n");

    /// <param name="headers">Further header lines.</param>
    public static byte[] Post(Uri server, string path, string json, string headers = "") => Encoding.UTF8.GetBytes(
        $"{Head("POST", server, path)}{headers}Content-Type: application/json\r\n"
        + $"Content-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");

    /// <summary>Sends a request and waits for the whole answer; returns its body, which is valid until the next call.</summary>
    /// <exception cref="InvalidOperationException">It was rejected, or the connection was closed.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancel = default)
    {
        await socket.SendAsync(request, cancel);
        var length = 0;
        while (true)
        {
            if (length == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            length += await ReceiveAsync(buffer.AsMemory(length), cancel);
            if (BodyOf(buffer.AsSpan(0, length)) is var (start, end)) return buffer.AsMemory(start..end);
        }
    }

    /// <summary>Sends a request whose answer is read with <see cref="ReceiveAsync"/>.</summary>
    public async Task StartAsync(ReadOnlyMemory<byte> request) => await socket.SendAsync(request);

    /// <exception cref="InvalidOperationException">The connection was closed.</exception>
    public async ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancel = default) =>
        await socket.ReceiveAsync(into, cancel) is > 0 and var count
            ? count
            : throw new InvalidOperationException("The server closed the connection.");

    public void Dispose() => socket.Dispose();

    /// <summary>Where the body is; null until the answer is complete.</summary>
    private static (int Start, int End)? BodyOf(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0) return null;
        if (answer[9] != '2') throw new InvalidOperationException(Encoding.UTF8.GetString(answer));
        var start = head + 4;
        if (answer[9..12].SequenceEqual("204"u8)) return (start, start);
        var text = Encoding.ASCII.GetString(answer[..head]);
        const string Length = "content-length: ";
        if (text.IndexOf(Length, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
        {
            var end = text.IndexOf('\r', at) is >= 0 and var line ? line : text.Length;
            var bytes = int.Parse(text.AsSpan(at + Length.Length, end - at - Length.Length), CultureInfo.InvariantCulture);
            return answer.Length >= start + bytes ? (start, start + bytes) : null;
        }
        // In chunks: all bodies here are JSON, in which the end mark cannot occur.
        return answer[start..].EndsWith("\r\n0\r\n\r\n"u8)
            ? (answer[start..].IndexOf((byte)'\n') + 1 + start, answer.Length - 7)
            : null;
    }

    private static string Head(string method, Uri server, string path) =>
        $"{method} {path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {ServerProcess.Key}\r\n";
}
