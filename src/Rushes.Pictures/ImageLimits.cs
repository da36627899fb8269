namespace Rushes.Pictures;

/// <param name="Pixels">The maximum number of pixels.</param>
/// <param name="Bytes">The maximum memory for decoding.</param>
internal sealed record ImageLimits(long Pixels, long Bytes);
