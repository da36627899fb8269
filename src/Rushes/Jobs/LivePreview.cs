namespace Rushes.Jobs;

/// <summary>The newest picture of an unfinished video. It is kept in memory alone, and no longer than the run.</summary>
/// <param name="Jpeg">At most <see cref="MostBytes"/>.</param>
/// <param name="Run">When the run began that it is of.</param>
public sealed record LivePreview(ReadOnlyMemory<byte> Jpeg, DateTimeOffset Run)
{
    /// <summary>Larger ones are dropped: they come about once a second, from every run.</summary>
    public const int MostBytes = 256 << 10;

    /// <summary>Whether bytes from a worker may be shown: a JPEG that is not too large.</summary>
    public static bool MayBe(ReadOnlySpan<byte> bytes) => bytes.Length <= MostBytes && bytes.StartsWith<byte>([0xFF, 0xD8, 0xFF]);
}
