using System.IO.MemoryMappedFiles;

namespace Rushes;

/// <summary>In a mutated copy of the program: which mutant is active, and which were reached.</summary>
public static class Mutant
{
    private static readonly int Active = int.TryParse(Environment.GetEnvironmentVariable("RUSHES_MUTANT"), out var id) ? id : -1;

    private static readonly MemoryMappedViewAccessor? Reached = Open();

    public static bool Is(int id)
    {
        // A file in memory: what a killed process reached is in it, too.
        Reached?.Write(id, (byte)1);
        return id == Active;
    }

    private static MemoryMappedViewAccessor? Open() =>
        Environment.GetEnvironmentVariable("RUSHES_MUTANTS_REACHED") is { Length: > 0 } path
            ? MemoryMappedFile.CreateFromFile(path, FileMode.Open).CreateViewAccessor()
            : null;
}
