using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Rushes.Intake;

/// <summary>
/// Where a scanner is in a JSON body: the open objects and arrays with their current names, and whether a value there may be
/// media. Names are read from the skeleton.
/// </summary>
internal sealed class MediaPlace(MediaBodyOptions options, JsonSkeleton skeleton)
{
    /// <summary>An open object or array.</summary>
    private struct Frame
    {
        public bool IsObject;
        public bool AfterColon;

        /// <summary>Whether the value of the current name is media if it is a string.</summary>
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

    /// <summary>The number of names in the longest path of <see cref="MediaBodyOptions.MediaObjects"/>.</summary>
    private readonly int objectDepth = options.MediaObjects is { Count: > 0 } objects
        ? objects.Max(path => path.Count(c => c == '.') + 1)
        : 0;

    private Frame[] frames = new Frame[8];
    private int depth;

    public bool IsInside => depth > 0;

    /// <summary>Whether a string here is a property's name.</summary>
    public bool ExpectsName => depth > 0 && frames[depth - 1] is { IsObject: true, AfterColon: false };

    /// <summary>Whether a string here is a media value.</summary>
    public bool ExpectsMedia => depth > 0 && frames[depth - 1] is { IsObject: true, AfterColon: true, IsMedia: true };

    /// <summary>False if the body is nested too deeply.</summary>
    public bool TryOpen(bool isObject)
    {
        if (depth == JsonSkeleton.MaxDepth) return false;
        if (depth == frames.Length) Array.Resize(ref frames, JsonSkeleton.MaxDepth);
        var holdsMedia = depth == 0 || options.MediaObjects is null
            || (frames[depth - 1].IsObject && frames[depth - 1].OpensMedia);
        frames[depth++] = new Frame { IsObject = isObject, HoldsMedia = holdsMedia };
        return true;
    }

    public void Close()
    {
        if (depth > 0) depth--;
    }

    public void Colon()
    {
        if (depth > 0) frames[depth - 1].AfterColon = true;
    }

    public void Comma()
    {
        if (depth == 0) return;
        frames[depth - 1].AfterColon = false;
        frames[depth - 1].Index++;
    }

    /// <summary>The skeleton ends with a name and its closing quote.</summary>
    public void EndName(int start, bool hasEscape)
    {
        ref var frame = ref frames[depth - 1];
        frame.NameStart = start;
        frame.NameLength = skeleton.Length - 1 - start;
        // Once per name, because a name may be long and have many others after it.
        frame.OpensMedia = options.MediaObjects is not { } objects
            || (depth <= objectDepth && objects.Contains(ObjectPath()));
        frame.IsMedia = frame.HoldsMedia && options.IsMediaName(
            hasEscape ? Encoding.UTF8.GetBytes(NameOf(frame)) : skeleton.Slice(frame.NameStart, frame.NameLength));
    }

    /// <summary>The current name of the innermost object.</summary>
    public string Name() => NameOf(frames[depth - 1]);

    /// <summary>The path for messages, without the root.</summary>
    public string Field() => Path() is var path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path;

    /// <summary>Such as <c>$.input.images[2]</c>.</summary>
    public string Path()
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
}
