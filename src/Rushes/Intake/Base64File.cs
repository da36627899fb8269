using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Rushes.Intake;

/// <summary>
/// Base64 characters in, a file and its SHA-256 out, through two pooled buffers. Takes both alphabets, white space
/// anywhere, and padding or none.
/// </summary>
internal sealed class Base64File(string folder, long limit) : IDisposable
{
    /// <summary>Every character of the standard and the URL-safe alphabet.</summary>
    public static readonly SearchValues<byte> Alphabet = SearchValues.Create(Encoding.ASCII.GetBytes(Characters));

    /// <summary>In the order of their values; the last two are the URL-safe ones for 62 and 63.</summary>
    private const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";

    private const int TextSize = 16 << 10;
    private const int DecodedSize = 64 << 10;

    private readonly byte[] text = ArrayPool<byte>.Shared.Rent(TextSize);
    private readonly byte[] decoded = ArrayPool<byte>.Shared.Rent(DecodedSize);
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private SafeFileHandle? handle;
    private int textLength;
    private int decodedLength;
    private int padding;
    private long characters;
    private long written;

    public string Path { get; } = new Folder(folder).NewFile(".part");

    public long Bytes => written + decodedLength;

    /// <summary>What was decoded already is more than the limit.</summary>
    public bool TooLarge => Bytes > limit;

    /// <summary>The output must be written before more is taken.</summary>
    public bool IsFull => decodedLength > DecodedSize - TextSize;

    /// <summary>Takes characters of <see cref="Alphabet"/>, as many as fit. False: there was padding before.</summary>
    public bool Take(ReadOnlySpan<byte> run, out int taken)
    {
        taken = 0;
        if (padding > 0) return run.IsEmpty;
        while (taken < run.Length && !IsFull)
        {
            var piece = run.Slice(taken, Math.Min(run.Length - taken, TextSize - textLength));
            piece.CopyTo(text.AsSpan(textLength));
            textLength += piece.Length;
            taken += piece.Length;
            if (textLength == TextSize) Decode();
        }
        characters += taken;
        return true;
    }

    /// <summary>Takes one character of padding. False: there is nothing here to pad.</summary>
    public bool TakePadding() => characters % 4 is 2 or 3 && ++padding <= 4 - characters % 4;

    /// <summary>Decodes the last characters. False: one is missing.</summary>
    public bool End()
    {
        if (textLength % 4 == 1) return false;
        if (textLength % 4 != 0) ClearSpareBits();
        while (textLength % 4 != 0) text[textLength++] = (byte)'=';
        Decode();
        return true;
    }

    public async ValueTask WriteAsync(CancellationToken cancel)
    {
        handle ??= File.OpenHandle(
            Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, FileOptions.Asynchronous);
        var piece = decoded.AsMemory(0, decodedLength);
        hash.AppendData(piece.Span);
        await RandomAccess.WriteAsync(handle, piece, written, cancel);
        written += decodedLength;
        decodedLength = 0;
    }

    public byte[] Hash() => hash.GetHashAndReset();

    /// <summary>Closes the file; it stays.</summary>
    public void Dispose()
    {
        handle?.Dispose();
        hash.Dispose();
        ArrayPool<byte>.Shared.Return(text);
        ArrayPool<byte>.Shared.Return(decoded);
    }

    /// <summary>
    /// The last character's bits beyond the last byte: some encoders leave them set, and the decoder below stops at such a
    /// group.
    /// </summary>
    private void ClearSpareBits()
    {
        var last = Characters.IndexOf((char)text[textLength - 1], StringComparison.Ordinal);
        if (last >= 64) last -= 2;
        text[textLength - 1] = (byte)Characters[last & (textLength % 4 == 2 ? 0b110000 : 0b111100)];
    }

    private void Decode()
    {
        var span = text.AsSpan(0, textLength);
        if (span.IndexOfAny((byte)'-', (byte)'_') >= 0)
        {
            span.Replace((byte)'-', (byte)'+');
            span.Replace((byte)'_', (byte)'/');
        }
        var status = Base64.DecodeFromUtf8(span, decoded.AsSpan(decodedLength), out var used, out var made);
        Debug.Assert(status == OperationStatus.Done && used == textLength, "only the alphabet gets here, in fours");
        decodedLength += made;
        textLength = 0;
    }
}
