namespace Rushes.Jobs;

/// <summary>The latest preview of an unfinished video. It is kept only in memory, until the run ends.</summary>
/// <param name="Jpeg">At most <see cref="MaxBytes"/>.</param>
/// <param name="Run">The start of its run.</param>
public sealed record LivePreview(ReadOnlyMemory<byte> Jpeg, DateTimeOffset Run)
{
    /// <summary>Larger ones are dropped, because every run sends about one per second.</summary>
    public const int MaxBytes = 256 << 10;

    /// <summary>Whether bytes from a worker may be shown: a JPEG that is not too large.</summary>
    public static bool MayBe(ReadOnlySpan<byte> bytes) => bytes.Length <= MaxBytes && bytes.StartsWith<byte>([0xFF, 0xD8, 0xFF]);
}
