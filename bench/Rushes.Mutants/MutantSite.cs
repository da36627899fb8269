using Microsoft.CodeAnalysis;

namespace Rushes.Mutants;

/// <summary>A place in the source and what is changed there.</summary>
/// <param name="Path">Relative to the repository.</param>
/// <param name="FirstLine">From 1.</param>
internal sealed record MutantSite(int Id, string Path, int FirstLine, int LastLine, SyntaxNode Node, Mutation Mutation)
{
    /// <summary>The original code in one line.</summary>
    public string Code
    {
        get
        {
            var text = string.Join(' ', Node.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            return text.Length <= 80 ? text : text[..79] + "…";
        }
    }
}
