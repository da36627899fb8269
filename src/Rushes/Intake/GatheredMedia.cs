using Rushes.Media;

namespace Rushes.Intake;

/// <param name="Name">The field as sent.</param>
/// <param name="File">Where it is until it is stored; fields with the same medium share it.</param>
internal sealed record InputMedium(string Name, string Canonical, string File, MediaFacts Facts);

/// <summary>The media of one request, and what gathering them may still cost.</summary>
/// <param name="fetchTime">For all links together.</param>
/// <param name="decoding">For all decoders together.</param>
internal sealed class GatheredMedia(TimeSpan fetchTime, DecodingTime decoding) : IDisposable
{
    private readonly List<InputMedium> all = [];
    private readonly List<string> own = [];

    public IReadOnlyList<InputMedium> All => all;

    public Problem? Problem { get; set; }

    /// <summary>
    /// Files by what was sent: a link, or the hash of what came as base64. Each is fetched and stored once. For a picture it is
    /// the plain form.
    /// </summary>
    public Dictionary<string, string> Files { get; } = [];

    /// <summary>Of all files together, as they were sent.</summary>
    public long Bytes { get; set; }

    /// <summary>Of all files that are to be stored.</summary>
    public long StoredBytes => all.Select(medium => medium.File).Distinct().Sum(file => new FileInfo(file).Length);

    /// <summary>What is left of it.</summary>
    public TimeSpan FetchTime { get => field > TimeSpan.Zero ? field : TimeSpan.Zero; set; } = fetchTime;

    public DecodingTime Decoding => decoding;

    /// <summary>A path for a file that is deleted at the end unless it was stored.</summary>
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
