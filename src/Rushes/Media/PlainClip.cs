using Rushes.Catalog;

namespace Rushes.Media;

/// <summary>
/// The form in which engines get clips: H.264 in yuv420p, upright, with square pixels, standard dynamic range and a constant
/// frame rate, in MP4 or MOV, and the picture starts at 0. A file that already has this form is unchanged.
/// </summary>
internal static class PlainClip
{
    /// <summary>The picture may start this many seconds late.</summary>
    private const double Tolerance = 0.05;

    /// <summary>
    /// White is at 203 cd/m² in HDR (BT.2408). Darker levels are unchanged, and brighter levels are compressed.
    /// </summary>
    private const string ToneMap = ":t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=mobius:param=0.6:desat=0,"
        + "zscale=t=bt709:m=bt709:p=bt709:r=tv";

    /// <summary>Whether the video stream can be copied, although the container may have to change.</summary>
    public static bool IsPlainVideo(VideoStream video, ClipTiming timing) =>
        video is { Codec: "h264", PixelFormat: "yuv420p" or "yuvj420p", IsTurned: false, IsSquare: true, IsHdr: false }
        && timing.IsConstant && Math.Abs(timing.Start) < Tolerance;

    public static bool IsPlainContainer(FoundType found, MediaType type) =>
        found.IsClean && (type == MediaType.Mp4 || type == MediaType.Mov);

    /// <summary>
    /// The size with square pixels, upright and even: scaled up, unless that is too large.
    /// </summary>
    public static Size SizeOf(VideoStream video)
    {
        var (wider, higher) = (Math.Max(1, video.Aspect), Math.Max(1, 1 / video.Aspect));
        var isTooLarge = video.Width * wider * video.Height * higher > FfmpegInput.MaxFramePixels;
        var width = Even(isTooLarge ? video.Width / higher : video.Width * wider);
        var height = Even(isTooLarge ? video.Height / wider : video.Height * higher);
        return video.IsOnItsSide ? new Size(height, width) : new Size(width, height);
    }

    /// <summary>Output options that make the plain form; a video stream that already has it is copied.</summary>
    /// <param name="sound">The index of the sound stream; null if there is none.</param>
    public static IReadOnlyList<string> Output(
        VideoStream video, ClipTiming timing, int? sound, bool copied, string file)
    {
        var frames = Math.Max(1, (int)Math.Round(timing.End * timing.Rate));
        var seconds = copied ? timing.End : frames / timing.Rate;
        return
        [
            "-map", $"0:{video.Index}", .. sound is { } number ? ["-map", $"0:a:{number}"] : Array.Empty<string>(),
            .. copied ? ["-c:v", "copy"] : Encoding(video, timing, frames),
            .. sound is null ? Array.Empty<string>() : ["-af", SoundFilter(seconds), "-c:a", "aac", "-b:a", "160k"],
            "-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1", "-movflags", "+faststart", "-f", "mp4", file,
        ];
    }

    private static IReadOnlyList<string> Encoding(VideoStream video, ClipTiming timing, int frames)
    {
        var rate = Ffmpeg.Rate(timing.Rate);
        var size = SizeOf(video);
        // Each frame is shown until the next one, and the first one from the start.
        var filter = $"fps={rate}:start_time=0,scale={size.Width}:{size.Height}:flags=lanczos,setsar=1{Colours(video)},"
            + $"format=yuv420p,{FinalEncode.Length(frames)}";
        var preset = (long)size.Width * size.Height > 1280 * 720 ? "superfast" : "veryfast";
        return ["-vf", filter, "-c:v", "libx264", "-crf", "16", "-preset", preset, "-r", rate, "-fps_mode", "cfr"];
    }

    /// <summary>Converts HDR and wide color spaces to BT.709; others are unchanged.</summary>
    private static string Colours(VideoStream video)
    {
        var matrix = video.Matrix is "bt2020nc" or "bt2020c" ? "bt2020nc" : "bt709";
        var primaries = video.Primaries is "bt2020" or "smpte432" or "smpte431" ? video.Primaries
            : video.IsHdr ? "bt2020"
            : null;
        if (video.IsHdr) return $",zscale=tin={video.Transfer}:min=bt2020nc:pin={primaries}:rin={Range(video)}{ToneMap}";
        return primaries is null
            ? ""
            : $",zscale=min={matrix}:pin={primaries}:tin=bt709:rin={Range(video)}:m=bt709:p=bt709:t=bt709:r=tv";
    }

    private static string Range(VideoStream video) => video.Range is "pc" ? "pc" : "tv";

    /// <summary>Pads sound with silence to the start and end of the picture.</summary>
    private static string SoundFilter(double seconds) =>
        $"aresample=48000:async=1:first_pts=0,aformat=channel_layouts=mono|stereo,apad=whole_dur={Ffmpeg.Number(seconds)},"
        + $"atrim=0:{Ffmpeg.Number(seconds)}";

    private static int Even(double side) => Math.Max(2, (int)Math.Round(side / 2) * 2);
}
