using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Rushes.Intake;

/// <summary>
/// Decodes base64 characters into a file and calculates its SHA-256, with two pooled buffers. Accepts both alphabets, white
/// space anywhere, and missing padding.
/// </summary>
internal sealed class Base64File(string folder, long limit) : IDisposable
{
    /// <summary>All characters of the standard and the URL-safe alphabet.</summary>
    public static readonly SearchValues<byte> Alphabet = SearchValues.Create(Encoding.ASCII.GetBytes(Characters));

    /// <summary>In the order of their values; the last two are the URL-safe characters for 62 and 63.</summary>
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

    /// <summary>More than the limit was decoded.</summary>
    public bool TooLarge => Bytes > limit;

    /// <summary>The output must be written before more is taken.</summary>
    public bool IsFull => decodedLength > DecodedSize - TextSize;

    /// <summary>
    /// Takes as many characters of <see cref="Alphabet"/> as fit. Returns false if there was padding before.
    /// </summary>
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

    /// <summary>Takes one padding character. Returns false if padding is not allowed here.</summary>
    public bool TakePadding() => characters % 4 is 2 or 3 && ++padding <= 4 - characters % 4;

    /// <summary>Decodes the last characters. Returns false if one is missing.</summary>
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

    /// <summary>Closes the file without deleting it.</summary>
    public void Dispose()
    {
        handle?.Dispose();
        hash.Dispose();
        ArrayPool<byte>.Shared.Return(text);
        ArrayPool<byte>.Shared.Return(decoded);
    }

    /// <summary>
    /// Clears the unused bits of the last character. Some encoders leave them set, and the decoder below stops at such a
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
