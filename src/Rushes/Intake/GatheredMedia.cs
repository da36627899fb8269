using Rushes.Media;

namespace Rushes.Intake;

/// <param name="Name">The field's name in the request.</param>
/// <param name="File">The path until it is stored; fields with the same file share it.</param>
internal sealed record InputMedium(string Name, string Canonical, string File, MediaFacts Facts);

/// <summary>The media of a request, and the remaining time limits.</summary>
/// <param name="fetchTime">For all downloads together.</param>
/// <param name="decoding">For all decoders together.</param>
internal sealed class GatheredMedia(TimeSpan fetchTime, DecodingTime decoding) : IDisposable
{
    private readonly List<InputMedium> all = [];
    private readonly List<string> own = [];

    public IReadOnlyList<InputMedium> All => all;

    public Problem? Problem { get; set; }

    /// <summary>
    /// Files by URL, or by the hash of the base64 data. Each is downloaded and stored once. For an image it is the plain
    /// form.
    /// </summary>
    public Dictionary<string, string> Files { get; } = [];

    /// <summary>The size of all files as sent.</summary>
    public long Bytes { get; set; }

    /// <summary>The size of all files to be stored.</summary>
    public long StoredBytes => all.Select(medium => medium.File).Distinct().Sum(file => new FileInfo(file).Length);

    /// <summary>The remaining time.</summary>
    public TimeSpan FetchTime { get => field > TimeSpan.Zero ? field : TimeSpan.Zero; set; } = fetchTime;

    public DecodingTime Decoding => decoding;

    /// <summary>A path for a file that is deleted at the end unless it is stored.</summary>
    public string NewFile(Folder folder)
    {
        own.Add(folder.NewFile());
        return own[^1];
    }

    public void Add(InputMedium medium) => all.Add(medium);

    public MediaFacts? FactsOf(string file) => all.Find(medium => medium.File == file)?.Facts;

    public Dictionary<string, MediaFacts> Facts() => all.ToDictionary(medium => medium.Canonical, medium => medium.Facts);

    public void Dispose()
    {
        foreach (var path in own) File.Delete(path);
    }
}
