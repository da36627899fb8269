namespace Rushes.Media;

/// <summary>The result of decoding a clip.</summary>
internal enum ClipFault
{
    None,

    /// <summary>A frame cannot be decoded.</summary>
    Damaged,

    /// <summary>A frame is larger than the clip's header says.</summary>
    LargerFrames,
}
