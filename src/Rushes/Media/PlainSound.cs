namespace Rushes.Media;

/// <summary>
/// The form in which engines get sounds. A file with a correct header and a common codec is unchanged; any other becomes a WAV
/// with 16-bit samples, mono or stereo, at most 48 kHz.
/// </summary>
internal static class PlainSound
{
    /// <summary>The sample rates of common recordings; other rates are converted to the nearest.</summary>
    private const string Form =
        "aformat=channel_layouts=mono|stereo:sample_rates=8000|11025|12000|16000|22050|24000|32000|44100|48000";

    /// <summary>Allowed difference, in seconds, between the length in the header and the decoded length.</summary>
    private const double Tolerance = 0.1;

    private static readonly Dictionary<MediaType, HashSet<string>> Codecs = new()
    {
        [MediaType.Mp3] = ["mp3"],
        [MediaType.Wav] = ["pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"],
        [MediaType.Flac] = ["flac"],
        [MediaType.Ogg] = ["vorbis", "opus"],
        [MediaType.M4a] = ["aac"],
    };

    /// <summary>
    /// Gaps in a container's timeline become silence. For streams without a timeline the timestamps are ignored, because
    /// they may restart in the middle.
    /// </summary>
    public static string Filter(MediaType type) =>
        IsStream(type) ? $"{Form},asetpts=0/0" : $"aresample=async=1,{Form}";

    /// <summary>
    /// An MP3, AAC or Ogg cut from a longer file starts with a packet that depends on earlier ones. Players skip it too.
    /// </summary>
    public static bool MustBeFlawless(MediaType type) => !IsStream(type);

    /// <summary>Whether the header has the exact length, so that a shorter file was cut off.</summary>
    public static bool Announces(MediaType type, Probe probe) =>
        probe.SecondsAreExact && type != MediaType.Wav && (type == MediaType.Mp3 || !IsStream(type));

    /// <summary>Whether engines can probably use the file as it was sent; it is not decoded yet.</summary>
    public static bool MayStay(FoundType found, MediaType type, Probe probe) =>
        found.IsClean && probe.SecondsAreExact && Math.Abs(probe.Start) < Tolerance
        && Codecs.TryGetValue(type, out var codecs) && codecs.Contains(probe.SoundCodecs[0]);

    /// <summary>Whether engines can use the file as it was sent, given its decoded length.</summary>
    public static bool HasRightLength(Probe probe, double seconds) => Math.Abs((probe.Seconds ?? 0) - seconds) < Tolerance;

    public static IReadOnlyList<string> Output(string wavFile) =>
        ["-vn", "-c:a", "pcm_s16le", "-map_metadata", "-1", "-fflags", "+bitexact", "-f", "wav", wavFile];

    private static bool IsStream(MediaType type) =>
        type == MediaType.Mp3 || type == MediaType.Aac || type == MediaType.Ogg || type == MediaType.Amr;
}
