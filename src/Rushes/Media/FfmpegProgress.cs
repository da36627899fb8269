using System.Globalization;

namespace Rushes.Media;

/// <summary>Reads the <c>key=value</c> lines of ffmpeg's <c>-progress</c> reports.</summary>
internal sealed class FfmpegProgress(Action<int>? onFrame)
{
    private int seen;

    public void Read(string line)
    {
        const string key = "frame=";
        if (!line.StartsWith(key, StringComparison.Ordinal)
            || !int.TryParse(line.AsSpan(key.Length), CultureInfo.InvariantCulture, out var frame)
            || frame <= seen)
            return;
        seen = frame;
        onFrame?.Invoke(frame);
    }
}
