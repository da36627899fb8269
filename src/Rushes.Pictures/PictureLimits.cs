namespace Rushes.Pictures;

/// <param name="Pixels">Larger pictures are refused.</param>
/// <param name="Bytes">Memory for decoding one.</param>
internal sealed record PictureLimits(long Pixels, long Bytes);
