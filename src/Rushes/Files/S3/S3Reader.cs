using Amazon.S3;
using Amazon.S3.Model;

namespace Rushes.Files.S3;

/// <summary>
/// The content of a file as a forward-only stream. If the connection is lost or stalls, reading resumes at the same position
/// as long as the file is unchanged. The reader gets the whole file or an error.
/// </summary>
internal sealed class S3Reader : Stream
{
    /// <summary>The maximum number of retries without receiving a byte.</summary>
    private const int MaxFruitless = 5;

    private readonly Func<long, string?, CancellationToken, Task<GetObjectResponse>> open;
    private readonly TimeSpan timeout;
    private readonly TimeProvider clock;
    private GetObjectResponse answer;
    private long position;
    private int fruitless;

    private S3Reader(
        Func<long, string?, CancellationToken, Task<GetObjectResponse>> open, TimeSpan timeout, TimeProvider clock,
        GetObjectResponse answer)
    {
        (this.open, this.timeout, this.clock, this.answer) = (open, timeout, clock, answer);
        Length = answer.ContentLength;
        Tag = answer.ETag;
    }

    /// <summary>Opens a file at its start.</summary>
    /// <param name="open">Requests the bytes from a position on, of the file with this tag if one is given.</param>
    /// <param name="timeout">The time limit of a read.</param>
    public static async Task<S3Reader> OpenAsync(
        Func<long, string?, CancellationToken, Task<GetObjectResponse>> open, TimeSpan timeout, TimeProvider clock,
        CancellationToken cancel) =>
        new(open, timeout, clock, await open(0, null, cancel));

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    private string Tag { get; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (position == Length || buffer.Length == 0) return 0;
        while (true)
        {
            try
            {
                using var limit = new CancellationTokenSource(timeout, clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
                var count = await answer.ResponseStream.ReadAsync(buffer, either.Token);
                if (count == 0) throw new EndOfStreamException($"The file ended after {position} of {Length} bytes.");
                position += count;
                fruitless = 0;
                return count;
            }
            catch (Exception error)
                when (!cancellationToken.IsCancellationRequested && error is IOException or HttpRequestException
                    or OperationCanceledException)
            {
                await ResumeAsync(error, cancellationToken);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) answer.Dispose();
        base.Dispose(disposing);
    }

    private async Task ResumeAsync(Exception why, CancellationToken cancel)
    {
        answer.Dispose();
        if (++fruitless > MaxFruitless)
            throw new StoreUnavailableException(
                $"The file's content stops after {position} of {Length} bytes: {why.Message}", why);
        try
        {
            answer = await open(position, Tag, cancel);
        }
        catch (AmazonS3Exception error)
        {
            throw new StoreUnavailableException(
                $"The file was replaced or deleted while it was read, after {position} of {Length} bytes: {why.Message}", error);
        }
    }
}
