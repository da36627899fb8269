namespace Rushes.Media;

/// <summary>One run of ffmpeg: what it reads and what it makes of it.</summary>
/// <param name="Output">Maps, filters and encoding options, and the file that is written.</param>
public sealed record FfmpegRun(IReadOnlyList<FfmpegInput> Inputs, IReadOnlyList<string> Output)
{
    /// <summary>Where it runs; relative names in it are files of this folder.</summary>
    public required string Folder { get; init; }

    /// <summary>A graph of filters over all inputs; empty for none.</summary>
    public string Graph { get; init; } = "";

    /// <summary>Pixels of a frame that is encoded; 0 when none is.</summary>
    public long EncodedPixels { get; init; }

    /// <summary>Stopped after this long. Default one hour.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Ends at the first thing that cannot be decoded.</summary>
    public bool StopsAtErrors { get; init; }

    /// <summary>Prints <c>-progress</c> reports to its standard output.</summary>
    public bool ReportsProgress { get; init; }

    /// <summary>Gets the count of frames written so far, as ffmpeg reports it, never falling.</summary>
    public Action<int>? OnFrame { get; init; }

    /// <summary>The output of a run that only decodes.</summary>
    public static IReadOnlyList<string> Nowhere => ["-f", "null", "-"];
}
