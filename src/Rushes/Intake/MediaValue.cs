using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Rushes.Intake;

/// <summary>
/// A JSON string under a media name, after its opening quote. Its start shows whether it is a URL, a data URI or plain
/// base64; the last two are decoded.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The scanner takes the file over, or calls Abandon.")]
internal sealed class MediaValue(MediaBodyOptions options)
{
    private const int MaxHeader = 256;

    private enum Stage
    {
        Head,
        DataHeader,
        Base64,
    }

    private enum Escape
    {
        None,
        Kind,
        Unicode,
    }

    private readonly int headNeeded = options.LinkPrefixes.Append("data:").Max(prefix => prefix.Length);
    private readonly byte[] head = new byte[MaxHeader];
    private int headLength;
    private Stage stage;
    private Escape escape;
    private int unicode;
    private int unicodeDigits;
    private long position;

    /// <summary>It is a URL; the rest of the string is not handled here.</summary>
    public bool IsLink { get; private set; }

    /// <summary>It is media, or invalid.</summary>
    public bool IsMedia => stage != Stage.Head;

    /// <summary>The closing quote was read.</summary>
    public bool Ended { get; private set; }

    public Base64File? File { get; private set; }

    /// <summary>Why it is rejected: a code, and a sentence without its subject.</summary>
    public (string Code, string Message)? Problem { get; private set; }

    /// <summary>Takes at least one byte, and only one at a time until it is known to be media. Returns how many.</summary>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        if (stage != Stage.Base64)
        {
            TakeByte(bytes[0]);
            return 1;
        }
        var taken = 0;
        while (taken < bytes.Length && !Ended && Problem is null && !File!.IsFull)
        {
            var rest = bytes[taken..];
            var run = escape == Escape.None ? rest.IndexOfAnyExcept(Base64File.Alphabet) : 0;
            if (run != 0) taken += TakeRun(run < 0 ? rest : rest[..run]);
            else TakeByte(bytes[taken++]);
        }
        return taken;
    }

    public void Abandon()
    {
        if (File is null) return;
        File.Dispose();
        // A missing file is fine, and another error must not hide what ended the request.
        if (System.IO.File.Exists(File.Path)) System.IO.File.Delete(File.Path);
    }

    private void TakeByte(byte b)
    {
        switch (escape)
        {
            case Escape.Kind when b == 'u':
                escape = Escape.Unicode;
                unicode = unicodeDigits = 0;
                break;
            case Escape.Kind:
                escape = Escape.None;
                if (Unescaped(b) is { } plain) TakeUnescaped(plain);
                else RejectEscape();
                break;
            case Escape.Unicode when !char.IsAsciiHexDigit((char)b):
                RejectEscape();
                break;
            case Escape.Unicode:
                unicode = unicode * 16 + Convert.ToInt32(((char)b).ToString(), 16);
                if (++unicodeDigits < 4) break;
                escape = Escape.None;
                // Only ASCII is valid here, so any invalid byte stands for the rest.
                TakeUnescaped(unicode < 0x80 ? (byte)unicode : (byte)0xFF);
                break;
            default:
                if (b == '"') End();
                else if (b == '\\') escape = Escape.Kind;
                else TakeUnescaped(b);
                break;
        }
    }

    private void TakeUnescaped(byte b)
    {
        switch (stage)
        {
            case Stage.Head when headLength == 0 && IsSpace(b):
                break;
            case Stage.Head:
                head[headLength++] = b;
                if (headLength >= headNeeded) Decide();
                break;
            case Stage.DataHeader when b == ',':
                EndDataHeader();
                break;
            case Stage.DataHeader when headLength == MaxHeader:
                RejectDataHeader();
                break;
            case Stage.DataHeader:
                head[headLength++] = b;
                break;
            default:
                TakeCharacter(b);
                break;
        }
    }

    private void Decide()
    {
        var seen = head.AsSpan(0, headLength).ToArray();
        if (options.LinkPrefixes.Any(prefix => Begins(seen, prefix)))
        {
            IsLink = true;
            return;
        }
        headLength = 0;
        if (Begins(seen, "data:")) stage = Stage.DataHeader;
        else BeginBase64();
        foreach (var b in seen)
            if (Problem is null) TakeUnescaped(b);
    }

    private void EndDataHeader()
    {
        var header = Encoding.ASCII.GetString(head, 0, headLength);
        if (header.TrimEnd().EndsWith(";base64", StringComparison.OrdinalIgnoreCase)) BeginBase64();
        else RejectDataHeader();
    }

    private void BeginBase64()
    {
        stage = Stage.Base64;
        File = new Base64File(options.Folder, options.MaxMediaBytes);
    }

    private int TakeRun(ReadOnlySpan<byte> run)
    {
        if (!File!.Take(run, out var taken)) RejectCharacter(run[0]);
        position += taken;
        if (File.TooLarge) RejectSize();
        return taken;
    }

    private void TakeCharacter(byte b)
    {
        if (Base64File.Alphabet.Contains(b)) TakeRun([b]);
        else if (IsSpace(b) || (b == '=' && File!.TakePadding())) position++;
        else RejectCharacter(b);
    }

    private void End()
    {
        Ended = true;
        if (stage == Stage.Head) Decide();
        if (IsLink || Problem is not null) return;
        if (stage == Stage.DataHeader) RejectDataHeader();
        else if (!File!.End()) Reject("bad_base64", "is cut off: its base64 ends within a group of four characters.");
        else if (File.TooLarge) RejectSize();
        else if (File.Bytes == 0) Reject("bad_base64", "is empty; send base64, a data: URI or a link, or leave the field out.");
    }

    private void RejectEscape() => Reject("bad_json", "has a backslash without a valid JSON escape.");

    private void RejectDataHeader() =>
        Reject("bad_base64", "is a data: URI without base64; write it as data:image/png;base64,...");

    private void RejectSize() => Reject("too_large", $"is larger than {options.MaxMediaBytes} bytes.");

    private void RejectCharacter(byte b)
    {
        var what = b is > 0x20 and < 0x7F ? $"the character '{(char)b}'" : $"the byte 0x{b:X2}";
        Reject(
            "bad_base64",
            $"is neither a link nor base64: {what} at position {position} does not belong there. "
                + "Send base64, a data: URI or an http(s) link.");
    }

    private void Reject(string code, string message) => Problem ??= (code, message);

    private static bool Begins(ReadOnlySpan<byte> text, string prefix) =>
        text.Length >= prefix.Length && Ascii.EqualsIgnoreCase(text[..prefix.Length], prefix);

    private static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    private static byte? Unescaped(byte b) => b switch
    {
        (byte)'"' or (byte)'\\' or (byte)'/' => b,
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        _ => null,
    };
}
