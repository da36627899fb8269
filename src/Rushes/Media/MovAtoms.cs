using System.Buffers.Binary;

namespace Rushes.Media;

/// <summary>
/// The top-level atoms of MP4 and QuickTime files. Current files start with their brand; QuickTime may start with any atom.
/// </summary>
internal static class MovAtoms
{
    private const int MaxAtoms = 32;

    /// <summary>Atoms that may come before the movie atom.</summary>
    private static readonly string[] Before = ["skip", "free", "wide", "pnot", "PICT", "uuid", "prfl", "meta", "junk"];

    /// <summary>The format of the brand, or MOV for a QuickTime file without a brand; null for another file.</summary>
    public static MediaType? Detect(FileWindow file)
    {
        long position = 0;
        for (var atom = 0; atom < MaxAtoms; atom++)
        {
            var head = file.At(position, 16);
            if (head.Length < 8) return null;
            long size = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (size == 1 && head.Length == 16) size = BinaryPrimitives.ReadInt64BigEndian(head[8..]);
            var name = System.Text.Encoding.Latin1.GetString(head[4..8]);
            switch (name)
            {
                case "moov" or "mdat" or "moof": return MediaType.Mov;
                case "ftyp" when head.Length >= 12: return MediaTypes.ByBrand(head[8..12]);
            }
            if (!Before.Contains(name) || size < 8 || size > file.Length - position) return null;
            position += size;
        }
        return null;
    }
}
