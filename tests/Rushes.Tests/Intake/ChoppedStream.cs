namespace Rushes.Tests.Intake;

/// <summary>Returns bytes in reads of the given sizes; the last size repeats.</summary>
internal sealed class ChoppedStream(byte[] bytes, params int[] sizes) : MemoryStream(bytes, writable: false)
{
    private int reads;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var size = Math.Min(buffer.Length, sizes[Math.Min(reads++, sizes.Length - 1)]);
        return new ValueTask<int>(Read(buffer.Span[..size]));
    }
}
