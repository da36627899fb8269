using System.Globalization;

namespace Rushes.Media;

/// <summary>How ffmpeg is started here: quiet, never asking, reading nothing but the local file it was given.</summary>
public static class Ffmpeg
{
    /// <summary>
    /// Demuxers an input may use. Without this list a playlist or a concat script that passes for a clip could make ffmpeg
    /// read other files or addresses.
    /// </summary>
    private const string Formats =
        "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,jpeg_pipe,png_pipe,webp_pipe,mp3,wav,ogg,flac,aac,asf,rawvideo,"
        + "image2,gif,apng";

    /// <summary>Whether both programs are on the PATH.</summary>
    public static bool IsInstalled()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return Array.TrueForAll(["ffmpeg", "ffprobe"], program => Array.Exists(folders, folder => File.Exists(new Folder(folder).File(program, allowLink: true))));
    }

    /// <summary>Arguments that open <paramref name="path"/>, a media file whose bytes were told before.</summary>
    public static IReadOnlyList<string> Input(string path) =>
        ["-protocol_whitelist", "file", "-format_whitelist", Formats, "-i", path];

    /// <summary>
    /// Runs ffmpeg in <paramref name="folder"/>. <paramref name="onFrame"/> gets the count of frames written so far,
    /// as ffmpeg reports it, never falling.
    /// </summary>
    /// <param name="arguments">Inputs, filters and the output file; the general options are added here.</param>
    public static Task<Exit> RunAsync(IEnumerable<string> arguments, string folder, Action<int>? onFrame, CancellationToken cancel)
    {
        List<string> all = ["-hide_banner", "-nostdin", "-loglevel", "error", "-y"];
        if (onFrame is not null) all.AddRange("-nostats", "-stats_period", "0.1", "-progress", "pipe:1");
        all.AddRange(arguments);

        var progress = new FfmpegProgress(onFrame);
        var command = new Command("ffmpeg", all) { Folder = folder, Limit = TimeSpan.FromHours(1) };
        return ChildProcess.RunAsync(command, onFrame is null ? null : progress.Read, cancel);
    }

    /// <summary>A frame rate as ffmpeg reads it exactly: 16, 23.976 as 24000/1001.</summary>
    public static string Rate(double rate)
    {
        var whole = Math.Round(rate);
        if (Math.Abs(rate - whole) < 1e-6) return whole.ToString(CultureInfo.InvariantCulture);
        var ntsc = Math.Round(rate * 1.001);
        return Math.Abs(rate - ntsc / 1.001) < 1e-3
            ? string.Create(CultureInfo.InvariantCulture, $"{ntsc * 1000:0}/1001")
            : rate.ToString("0.######", CultureInfo.InvariantCulture);
    }

    /// <summary>A number in ffmpeg's own notation, whatever the culture.</summary>
    public static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
