using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Rushes.Intake;

/// <summary>
/// Follows JSON across any split into buffers, as far as needed to find strings, names and depth. Media values go to files,
/// everything else to the skeleton, which the real parser checks at the end. Both differ only in whole string values, so
/// invalid JSON stays invalid in the skeleton.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Its parts go on to the outcome, or to Abandon.")]
internal sealed class MediaBodyScanner(MediaBodyOptions options)
{
    private enum State
    {
        Structure,
        Text,
        TextEscape,
        Media,

        /// <summary>The rest of a media value that cannot be decoded.</summary>
        BadMedia,
        BadMediaEscape,
    }

    /// <summary>An open object or array.</summary>
    private struct Frame
    {
        public bool IsObject;
        public bool AfterColon;
        public bool IsMedia;

        /// <summary>Whether its values may be media.</summary>
        public bool HoldsMedia;

        /// <summary>Whether the object that is the value of the current name may contain media.</summary>
        public bool OpensMedia;
        public int NameStart;
        public int NameLength;
        public int Index;
    }

    /// <summary>In bytes, with escapes.</summary>
    private const int MaxObjectName = 128;

    private readonly JsonSkeleton skeleton = new(options.MaxRestBytes);
    private readonly List<ReceivedMedia> received = [];

    /// <summary>The number of names in the longest path of <see cref="MediaBodyOptions.MediaObjects"/>.</summary>
    private readonly int objectDepth = options.MediaObjects is { Count: > 0 } objects
        ? objects.Max(path => path.Count(c => c == '.') + 1)
        : 0;

    private Frame[] frames = new Frame[8];
    private int depth;
    private State state;
    private int stringStart;
    private bool isName;
    private bool isLink;
    private bool hasEscape;
    private MediaValue? value;
    private UnusableMedia? unusable;

    public MediaBody.Refused? Refusal { get; private set; }

    /// <summary>Decoded media is waiting to be written.</summary>
    public bool HasOutput => Refusal is null && value?.File is { } file && (value.Ended || file.IsFull);

    /// <summary>
    /// Takes bytes until all are taken, the body is rejected, or <see cref="HasOutput"/>. Returns how many were taken.
    /// </summary>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        while (taken < bytes.Length && Refusal is null && !HasOutput)
        {
            var rest = bytes[taken..];
            taken += state switch
            {
                State.Structure => TakeStructure(rest),
                State.Text => TakeText(rest),
                State.TextEscape => TakeTextEscape(rest),
                State.BadMedia => SkipBadMedia(rest),
                State.BadMediaEscape => SkipEscape(),
                _ => TakeMedia(rest),
            };
        }
        return taken;
    }

    public async ValueTask WriteOutputAsync(CancellationToken cancel)
    {
        var file = value!.File!;
        await file.WriteAsync(cancel);
        if (!value.Ended) return;
        received.Add(new ReceivedMedia(NameOf(frames[depth - 1]), Path(), Token(), file.Path, file.Bytes, file.Hash()));
        file.Dispose();
        value = null;
    }

    public MediaBody End()
    {
        if (state != State.Structure || depth > 0)
        {
            Refuse("bad_json", state == State.Media ? Field() : null, "The body ends before its JSON does; it was cut off.");
            return Refusal!;
        }
        var (document, problem) = skeleton.Parse(mediaCutOut: received.Count > 0);
        if (document is not null) return new MediaBody.Read(skeleton, document, received, unusable);
        Refuse("bad_json", null, problem!);
        return Refusal!;
    }

    /// <summary>Releases buffers and deletes files.</summary>
    public void Abandon()
    {
        value?.Abandon();
        foreach (var media in received) File.Delete(media.File);
        skeleton.Dispose();
    }

    private int TakeStructure(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
            switch (bytes[i])
            {
                case (byte)'"':
                    Keep(bytes[..(i + 1)]);
                    BeginString();
                    return i + 1;
                case (byte)'{' or (byte)'[':
                    if (!Push(isObject: bytes[i] == '{')) return i + 1;
                    break;
                case (byte)'}' or (byte)']':
                    if (depth > 0) depth--;
                    break;
                case (byte)':' when depth > 0:
                    frames[depth - 1].AfterColon = true;
                    break;
                case (byte)',' when depth > 0:
                    frames[depth - 1].AfterColon = false;
                    frames[depth - 1].Index++;
                    break;
            }
        Keep(bytes);
        return bytes.Length;
    }

    private bool Push(bool isObject)
    {
        if (depth == JsonSkeleton.MaxDepth)
        {
            Refuse("bad_json", null, $"The body is nested more than {JsonSkeleton.MaxDepth} deep.");
            return false;
        }
        if (depth == frames.Length) Array.Resize(ref frames, JsonSkeleton.MaxDepth);
        var holdsMedia = depth == 0 || options.MediaObjects is null
            || (frames[depth - 1].IsObject && frames[depth - 1].OpensMedia);
        frames[depth++] = new Frame { IsObject = isObject, HoldsMedia = holdsMedia };
        return true;
    }

    private void BeginString()
    {
        stringStart = skeleton.Length;
        isName = isLink = hasEscape = false;
        state = State.Text;
        if (depth == 0 || !frames[depth - 1].IsObject) return;
        isName = !frames[depth - 1].AfterColon;
        if (isName || !frames[depth - 1].IsMedia) return;
        state = State.Media;
        value = new MediaValue(options);
    }

    private int TakeText(ReadOnlySpan<byte> bytes)
    {
        var stop = bytes.IndexOfAny((byte)'"', (byte)'\\');
        var length = stop < 0 ? bytes.Length : stop + 1;
        Keep(bytes[..length]);
        if (isLink && skeleton.Length - stringStart > options.MaxLinkBytes)
        {
            Refuse("too_large", Field(), $"{Field()} is a link of more than {options.MaxLinkBytes} bytes.");
        }
        else if (stop >= 0 && bytes[stop] == '\\')
        {
            state = State.TextEscape;
            hasEscape = true;
        }
        else if (stop >= 0)
        {
            if (isName) EndName();
            state = State.Structure;
        }
        return length;
    }

    private int TakeTextEscape(ReadOnlySpan<byte> bytes)
    {
        // Only an escaped quote or backslash matters here; the parser checks the rest.
        Keep(bytes[..1]);
        state = State.Text;
        return 1;
    }

    private void EndName()
    {
        ref var frame = ref frames[depth - 1];
        frame.NameStart = stringStart;
        frame.NameLength = skeleton.Length - 1 - stringStart;
        // Once per name, because a name may be long and have many others after it.
        frame.OpensMedia = options.MediaObjects is not { } objects
            || (depth <= objectDepth && objects.Contains(ObjectPath()));
        frame.IsMedia = frame.HoldsMedia && options.IsMediaName(
            hasEscape ? Encoding.UTF8.GetBytes(NameOf(frame)) : skeleton.Slice(frame.NameStart, frame.NameLength));
    }

    /// <returns>The names up to the current one; null if it is not the path of an object with media.</returns>
    private string? ObjectPath()
    {
        var names = new string[depth];
        for (var i = 0; i < depth; i++)
        {
            if (!frames[i].IsObject || frames[i].NameLength > MaxObjectName) return null;
            names[i] = NameOf(frames[i]);
        }
        return string.Join('.', names);
    }

    private int TakeMedia(ReadOnlySpan<byte> bytes)
    {
        var wasMedia = value!.IsMedia;
        var taken = value.Take(bytes);
        // Kept like any other value until it is known to be media, then removed.
        if (!wasMedia) Keep(bytes[..taken]);
        if (value.IsLink)
        {
            isLink = true;
            state = value.Ended ? State.Structure : State.Text;
            value = null;
            return taken;
        }
        if (!wasMedia && value.IsMedia)
        {
            skeleton.CutTo(stringStart);
            if (received.Count == options.MaxMedia)
                RefuseMedia("too_large", $"is one too many: a body may hold {options.MaxMedia} media values.");
        }
        if (value?.Problem is { } problem)
        {
            RefuseMedia(problem.Code, problem.Message);
        }
        else if (value?.Ended == true)
        {
            Keep(Encoding.ASCII.GetBytes(Token() + '"'));
            state = State.Structure;
        }
        return taken;
    }

    /// <param name="message">Without its subject, which is the field.</param>
    private void RefuseMedia(string code, string message)
    {
        if (!options.ReadsOnAfterBadMedia || code == "bad_json")
        {
            Refuse(code, Field(), $"{Field()} {message}");
            return;
        }
        var name = NameOf(frames[depth - 1]);
        unusable ??= new UnusableMedia(name, code, $"{name} {message}");
        value!.Abandon();
        state = value.Ended ? State.Structure : State.BadMedia;
        value = null;
        Keep("\""u8);
    }

    private int SkipBadMedia(ReadOnlySpan<byte> bytes)
    {
        var stop = bytes.IndexOfAny((byte)'"', (byte)'\\');
        if (stop < 0) return bytes.Length;
        state = bytes[stop] == '"' ? State.Structure : State.BadMediaEscape;
        return stop + 1;
    }

    private int SkipEscape()
    {
        state = State.BadMedia;
        return 1;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (!skeleton.Append(bytes))
            Refuse("too_large", null, $"The body holds more than {options.MaxRestBytes} bytes besides its media.");
    }

    private string Token() => received.Count.ToString(CultureInfo.InvariantCulture);

    private string Field() => Path() is var path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path;

    private string Path()
    {
        var path = new StringBuilder("$");
        foreach (ref readonly var frame in frames.AsSpan(0, depth))
            if (!frame.IsObject)
                path.Append(CultureInfo.InvariantCulture, $"[{frame.Index}]");
            else if (NameOf(frame) is var name && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
                path.Append('.').Append(name);
            else
                path.Append("['").Append(name.Replace("'", "\\'", StringComparison.Ordinal)).Append("']");
        return path.ToString();
    }

    private string NameOf(in Frame frame)
    {
        var raw = skeleton.Slice(frame.NameStart, frame.NameLength);
        if (!raw.Contains((byte)'\\')) return Encoding.UTF8.GetString(raw);
        try
        {
            return JsonElement.Parse([(byte)'"', .. raw, (byte)'"']).GetString()!;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // An invalid escape or half a surrogate pair; the parser rejects the body at the end.
            return Encoding.UTF8.GetString(raw);
        }
    }

    private void Refuse(string code, string? field, string message) => Refusal ??= new(code, field, message);
}
