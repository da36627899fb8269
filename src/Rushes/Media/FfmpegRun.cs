namespace Rushes.Media;

/// <summary>One run of ffmpeg: its inputs and its output.</summary>
/// <param name="Output">Maps, filters, encoding options and the output file.</param>
public sealed record FfmpegRun(IReadOnlyList<FfmpegInput> Inputs, IReadOnlyList<string> Output)
{
    /// <summary>The working folder; relative names are files in it.</summary>
    public required string Folder { get; init; }

    /// <summary>A filter graph over all inputs; empty if there is none.</summary>
    public string Graph { get; init; } = "";

    /// <summary>Pixels of an encoded frame; 0 if nothing is encoded.</summary>
    public long EncodedPixels { get; init; }

    /// <summary>The run is stopped after this time. Default 1 hour.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Stop at the first decoding error.</summary>
    public bool StopsAtErrors { get; init; }

    /// <summary>Prints <c>-progress</c> reports to its standard output.</summary>
    public bool ReportsProgress { get; init; }

    /// <summary>Called with the number of frames written so far; it never decreases.</summary>
    public Action<int>? OnFrame { get; init; }

    /// <summary>The output of a run that only decodes.</summary>
    public static IReadOnlyList<string> Nowhere => ["-f", "null", "-"];
}
