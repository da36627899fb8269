using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Rushes.Intake;

/// <summary>
/// Follows JSON across any split into buffers, as far as needed to find its strings. Media values go to files, everything else
/// to the skeleton, which the real parser checks at the end. Both differ only in whole string values, so
/// invalid JSON stays invalid in the skeleton.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Its parts go on to the outcome, or to Abandon.")]
internal sealed class MediaBodyScanner
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

    /// <summary>The maximum length of a URL under a media name, in bytes.</summary>
    private const int MaxUrlBytes = 8 << 10;

    private readonly MediaBodyOptions options;
    private readonly JsonSkeleton skeleton;
    private readonly MediaPlace place;
    private readonly List<ReceivedMedia> received = [];
    private State state;
    private int stringStart;
    private bool isName;
    private bool isLink;
    private bool hasEscape;
    private MediaValue? value;
    private UnusableMedia? unusable;

    public MediaBodyScanner(MediaBodyOptions options)
    {
        this.options = options;
        skeleton = new JsonSkeleton(options.MaxRestBytes);
        place = new MediaPlace(options, skeleton);
    }

    public MediaBody.Rejected? Rejection { get; private set; }

    /// <summary>Decoded media is waiting to be written.</summary>
    public bool HasOutput => Rejection is null && value?.File is { } file && (value.Ended || file.IsFull);

    /// <summary>
    /// Takes bytes until all are taken, the body is rejected, or <see cref="HasOutput"/>. Returns how many were taken.
    /// </summary>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        while (taken < bytes.Length && Rejection is null && !HasOutput)
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
        received.Add(new ReceivedMedia(place.Name(), place.Path(), Token(), file.Path, file.Bytes, file.Hash()));
        file.Dispose();
        value = null;
    }

    public MediaBody End()
    {
        if (state != State.Structure || place.IsInside)
        {
            Reject(
                "bad_json", state == State.Media ? place.Field() : null,
                "The body is incomplete JSON; it was cut off.");
            return Rejection!;
        }
        var (document, problem) = skeleton.Parse(mediaCutOut: received.Count > 0);
        if (document is not null) return new MediaBody.Read(skeleton, document, received, unusable);
        Reject("bad_json", null, problem!);
        return Rejection!;
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
                    if (!Open(isObject: bytes[i] == '{')) return i + 1;
                    break;
                case (byte)'}' or (byte)']':
                    place.Close();
                    break;
                case (byte)':':
                    place.Colon();
                    break;
                case (byte)',':
                    place.Comma();
                    break;
            }
        Keep(bytes);
        return bytes.Length;
    }

    private bool Open(bool isObject)
    {
        if (place.TryOpen(isObject)) return true;
        Reject("bad_json", null, $"The body is nested more than {JsonSkeleton.MaxDepth} deep.");
        return false;
    }

    private void BeginString()
    {
        stringStart = skeleton.Length;
        isLink = hasEscape = false;
        state = State.Text;
        isName = place.ExpectsName;
        if (!place.ExpectsMedia) return;
        state = State.Media;
        value = new MediaValue(options);
    }

    private int TakeText(ReadOnlySpan<byte> bytes)
    {
        var stop = bytes.IndexOfAny((byte)'"', (byte)'\\');
        var length = stop < 0 ? bytes.Length : stop + 1;
        Keep(bytes[..length]);
        if (isLink && skeleton.Length - stringStart > MaxUrlBytes)
        {
            Reject("too_large", place.Field(), $"{place.Field()} is a link of more than {MaxUrlBytes} bytes.");
        }
        else if (stop >= 0 && bytes[stop] == '\\')
        {
            state = State.TextEscape;
            hasEscape = true;
        }
        else if (stop >= 0)
        {
            if (isName) place.EndName(stringStart, hasEscape);
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
                RejectMedia("too_large", $"is one too many: a body may hold {options.MaxMedia} media values.");
        }
        if (value?.Problem is { } problem)
        {
            RejectMedia(problem.Code, problem.Message);
        }
        else if (value?.Ended == true)
        {
            Keep(Encoding.ASCII.GetBytes(Token() + '"'));
            state = State.Structure;
        }
        return taken;
    }

    /// <param name="message">Without its subject, which is the field.</param>
    private void RejectMedia(string code, string message)
    {
        if (!options.ReadsOnAfterBadMedia || code == "bad_json")
        {
            Reject(code, place.Field(), $"{place.Field()} {message}");
            return;
        }
        var name = place.Name();
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
            Reject("too_large", null, $"The body has more than {options.MaxRestBytes} bytes besides its media.");
    }

    private string Token() => received.Count.ToString(CultureInfo.InvariantCulture);

    private void Reject(string code, string? field, string message) => Rejection ??= new(code, field, message);
}
