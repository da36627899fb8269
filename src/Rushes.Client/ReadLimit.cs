namespace Rushes.Client;

/// <summary>Cancels a read if the first bytes, or later the next ones, do not arrive in time.</summary>
internal sealed class ReadLimit : IDisposable
{
    private readonly CancellationTokenSource limit;
    private readonly CancellationTokenRegistration caller;
    private readonly TimeSpan next;

    public ReadLimit(TimeSpan first, TimeSpan next, TimeProvider clock, CancellationToken cancel)
    {
        this.next = next;
        limit = new CancellationTokenSource(first, clock);
        caller = cancel.UnsafeRegister(static limit => ((CancellationTokenSource)limit!).Cancel(), limit);
    }

    public CancellationToken Token => limit.Token;

    public void Extend() => limit.CancelAfter(next);

    public void Dispose()
    {
        caller.Dispose();
        limit.Dispose();
    }
}

/// <summary>A stream whose reads time out.</summary>
internal sealed class LimitedStream(Stream inner, ReadLimit limit) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, limit.Token).ConfigureAwait(false);
        limit.Extend();
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
