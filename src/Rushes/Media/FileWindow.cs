using Microsoft.Win32.SafeHandles;

namespace Rushes.Media;

/// <summary>Reads parts of a file through one buffer.</summary>
internal sealed class FileWindow(string path) : IDisposable
{
    /// <summary>The maximum bytes per read.</summary>
    public const int Size = 66 << 10;

    private readonly SafeFileHandle handle = File.OpenHandle(path);
    private readonly byte[] buffer = new byte[Size];
    private long start;
    private int count;

    public long Length => field != 0 ? field : field = RandomAccess.GetLength(handle);

    /// <summary>This many bytes from an offset, or fewer at the end of the file; valid until the next call.</summary>
    public ReadOnlySpan<byte> At(long position, int wanted)
    {
        if (wanted <= 0) return [];
        if (position < start || position + wanted > start + count) Fill(position);
        var offset = (int)(position - start);
        return offset >= count ? [] : buffer.AsSpan(offset, Math.Min(wanted, count - offset));
    }

    public void Dispose() => handle.Dispose();

    private void Fill(long position)
    {
        start = position;
        count = 0;
        int read;
        while (count < Size && (read = RandomAccess.Read(handle, buffer.AsSpan(count), start + count)) > 0) count += read;
    }
}
