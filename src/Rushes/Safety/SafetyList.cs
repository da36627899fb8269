using System.Buffers;
using System.Runtime.InteropServices;

namespace Rushes.Safety;

/// <summary>The rejected words by category. Built once at startup; searching a short text takes a few microseconds.</summary>
/// <remarks>Only whole words match, so that Scunthorpe and therapists pass, unless the list specifies otherwise. Punctuation
/// within a word is ignored, as is white space between single letters, and three or more equal letters count as
/// one.</remarks>
public sealed class SafetyList
{
    private const int OnStack = 512;

    private readonly WordTree words = new();
    private readonly WordTree anywhere = new();
    private readonly List<Rule> rules = [];

    internal SafetyList() { }

    /// <summary>The category of a text, the first in the list if there are several; null for none.</summary>
    public string? Find(ReadOnlySpan<char> text)
    {
        var room = Folding.Room(text.Length);
        var rented = room > OnStack ? ArrayPool<Glyph>.Shared.Rent(room) : null;
        Span<Glyph> buffer = rented is null ? stackalloc Glyph[OnStack] : rented;
        try
        {
            Span<ulong> seen = rules.Count <= 64 ? stackalloc ulong[rules.Count] : new ulong[rules.Count];
            var search = new Search(Folding.Fold(text, buffer), CollectionsMarshal.AsSpan(rules), seen);
            for (var start = 0; start < search.Length; start++)
            {
                if (search.IsStart(start) && search.CanBegin(words, start)) search.Walk(words, start);
                if (!anywhere.IsEmpty) search.Walk(anywhere, start);
                if (search.Found == 0) break;
            }
            return search.Found < rules.Count ? rules[search.Found].Category : null;
        }
        finally
        {
            if (rented is not null) ArrayPool<Glyph>.Shared.Return(rented);
        }
    }

    /// <summary>Adds a rule after the earlier ones.</summary>
    /// <param name="parts">How many parts must all occur in a text; at most 64.</param>
    internal int AddRule(string category, int parts)
    {
        rules.Add(new Rule(category, ulong.MaxValue >> (64 - parts)));
        return rules.Count - 1;
    }

    /// <summary>
    /// Adds a word or phrase; <c>*</c> at an end also matches longer words. Returns false if it has too few letters to be
    /// specific.
    /// </summary>
    internal bool AddWord(string word, int rule, int part)
    {
        var core = word.AsSpan().Trim().Trim('*');
        var folded = Folding.Fold(core, new Glyph[Folding.Room(core.Length)]);
        if (folded.Length == 0 || (folded.Length == 1 && !folded[0].Is(GlyphTraits.Unspaced))) return false;

        var letters = new List<char>();
        for (var i = 0; i < folded.Length; i++)
        {
            if (i > 0 && folded[i].Is(GlyphTraits.Gap)) letters.Add(WordTree.Space);
            letters.Add(folded[i].Letter);
        }
        var tree = word.TrimStart().StartsWith('*') ? anywhere : words;
        tree.Add(CollectionsMarshal.AsSpan(letters), new Entry(rule, part, Open: word.TrimEnd().EndsWith('*')));
        return true;
    }

    private readonly record struct Rule(string Category, ulong Parts);

    /// <summary>The search of one text: the parts found of each rule, and the first complete rule.</summary>
    private ref struct Search(FoldedText text, ReadOnlySpan<Rule> rules, Span<ulong> seen)
    {
        private readonly FoldedText text = text;
        private readonly ReadOnlySpan<Rule> rules = rules;
        private readonly Span<ulong> seen = seen;

        /// <summary>Where a search continued after a sign; without it, a text of signs takes cubic time.</summary>
        private HashSet<(WordTree, int, bool)>? skipped;

        public int Found { get; private set; } = rules.Length;

        public readonly int Length => text.Length;

        public readonly bool IsStart(int at) => text.IsStart(at);

        /// <summary>Whether any word begins with this letter.</summary>
        public readonly bool CanBegin(WordTree tree, int at) =>
            tree.Find(text[at].Letter) is not null || text[at].Other != '\0';

        public void Walk(WordTree tree, int start) => Walk(tree, start, start, spelled: false);

        /// <param name="spelled">There was a real letter so far: 455 is a number, a55 is not.</param>
        private void Walk(WordTree tree, int start, int at, bool spelled)
        {
            while (true)
            {
                if (spelled && tree.Entries.Count > 0) Take(tree, at);
                if (tree.AfterSpace is { } next) Walk(next, start, at, spelled);
                if (at == text.Length) return;

                var glyph = text[at];
                if (at > start && glyph.Is(GlyphTraits.Gap) && !tree.IsAfterSpace && !text.IsLoose(at)) return;
                var real = spelled || !glyph.Is(GlyphTraits.StandsIn);
                var branch = tree.Find(glyph.Letter);
                // A repeated letter, or a sign that is punctuation.
                var mayBeLeftOut = at > start && (glyph.Is(GlyphTraits.Sign) || text.IsRepeat(at));
                if (glyph.Other == '\0' && !mayBeLeftOut)
                {
                    // The only way on, nearly always.
                    if (branch is null) return;
                    (tree, spelled) = (branch, real);
                    at++;
                    continue;
                }
                if (branch is not null) Walk(branch, start, at + 1, real);
                if (glyph.Other != '\0' && tree.Find(glyph.Other) is { } other) Walk(other, start, at + 1, real);
                if (!mayBeLeftOut) return;
                at++;
                // The rest is the same for every start.
                if (!(skipped ??= []).Add((tree, at, spelled))) return;
            }
        }

        private void Take(WordTree tree, int end)
        {
            foreach (var entry in tree.Entries)
            {
                if (!entry.Open && end < text.Length && !text.IsStart(end)) continue;
                seen[entry.Rule] |= 1UL << entry.Part;
                if (seen[entry.Rule] == rules[entry.Rule].Parts) Found = Math.Min(Found, entry.Rule);
            }
        }
    }
}
