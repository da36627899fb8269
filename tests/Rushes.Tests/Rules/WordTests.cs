using System.Text.RegularExpressions;
using Xunit;

namespace Rushes.Tests.Rules;

/// <summary>Rejects phrases that readers must translate; docs/contributing/words.md has the terms to use instead.</summary>
public sealed class WordTests
{
    /// <summary>Rejected phrases, and what to write instead.</summary>
    private static readonly (string Pattern, string Use)[] Denied =
    [
        ("good no more|no more good|good again", "invalid, expired, revoked; valid"),
        ("(key|file|secret|it|that|they|which|what) lies?", "is stored in, is in"),
        ("lies? (there|here|in|under|beside|over|one|open|between)", "is in, is next to"),
        ("laid over|lay \\S+ over", "extends, replaces"),
        ("stands? (here|there|in|between|with|where|for itself)|standing there", "is in, is at; shows"),
        ("told (to whom|apart|of)", "sent to; distinguished; described"),
        ("heard of", "connected, known"),
        ("leaves? word", "records, notifies"),
        ("asked for again", "requested again, retried"),
        ("the house", "the gateway, the modules"),
        ("no hand free", "no free slot"),
        ("(went|goes|fell|falls|is|was) silent", "stopped responding, its lease expired"),
        ("anew", "again, new, restarted"),
        ("call(s|ed|ing)? (it |a job |them )?off", "cancel"),
        ("unharmed", "returned to the queue"),
        ("given? back|gives? back", "released, returned"),
        ("set aside|sets aside", "held"),
        ("for ever", "forever"),
        ("whoever", "anyone who, the client, the caller"),
        ("nobody|no one", "say what happens: no client, no worker"),
        ("(?<!\\p{L})shipped", "built-in"),
        ("held against|holds? (\\w+ ){0,3}against", "compares with, checks against"),
        ("put(s)? (it |that )?right", "fixes"),
        ("moves? nobody", "has no effect on"),
        ("hand(s|ed)? (it |them )?back", "returns to the queue"),
        ("went away|goes away|(is|are|was|were) away", "is down, is unavailable, disconnected"),
        ("becomes? of (it|them|what|a|the)|became of", "happens to"),
        ("says? so|saying so", "reports it, shows it"),
        ("by whoever|whatever it is", "name it"),
        ("be it|come what may", "even if"),
        ("go(es)? its way", "continues"),
        ("sift(s|ed|ing)?", "filter"),
        ("(is|are|be|was) (not )?to be (seen|had|found|asked|made|told|kept)", "use the verb: shows, makes, keeps"),
        ("as it came|as they came", "unchanged"),
        ("be told|is told|are told|was told|were told|been told", "is notified, gets, shows"),
        ("look(s|ed)? whether|tells? whether", "checks whether"),
        ("so that nobody", "so that no ..."),
        ("the books?", "the ledger"),
        ("asks? nothing|asks? for nothing", "needs no, claims no"),
        ("begins? from nothing", "starts at zero"),
        ("let (it|them) back in", "unsuspend"),
        ("all is well|is well", "healthy, works"),
        ("(again )?with another seed", "a new variation, a new seed"),
        ("frames a second", "frames per second"),
        ("frames to draw", "number of frames"),
        ("lines of the video", "resolution"),
        ("(bigger|better|higher) (goes|takes)|less good", "start first; larger files; lower quality"),
        ("your last", "recent"),
    ];

    private static readonly string[] Extensions =
        [".cs", ".js", ".mjs", ".css", ".html", ".md", ".json", ".sql", ".yaml", ".yml"];

    [Fact]
    public void Texts_use_plain_words()
    {
        var found = Files().SelectMany(Hits).ToList();
        Assert.True(
            found.Count == 0,
            $"{found.Count} phrases that readers must translate (docs/contributing/words.md):\n{string.Join('\n', found)}");
    }

    [Theory]
    [InlineData("The key is good no more.")]
    [InlineData("Whoever asks is\nanswered.")]
    public void A_phrase_is_found_in_any_case(string text) => Assert.NotEmpty(Hits("x", text));

    [Theory]
    [InlineData("The key is invalid or expired.")]
    [InlineData("This reduces anewsletters")]
    public void Plain_text_passes(string text) => Assert.Empty(Hits("x", text));

    private static IEnumerable<string> Hits(string file) => Hits(file, File.ReadAllText(Path.Combine(RoomTests.Root(), file)));

    private static IEnumerable<string> Hits(string file, string text) =>
        from denied in Denied
        from Match match in Regex.Matches(
            text, $@"(?<![\p{{L}}.-])({denied.Pattern})(?![\p{{L}}(-])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)
        let line = text.AsSpan(0, match.Index).Count('\n') + 1
        select $"{file}:{line}: \"{match.Value}\": use {denied.Use}";

    private static IEnumerable<string> Files()
    {
        string[] folders = ["src", "docs", "deploy", "engines", "workflows"];
        var root = RoomTests.Root();
        return folders.SelectMany(
            folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(root, "*.md"))
            .Where(path => Extensions.Contains(Path.GetExtension(path)))
            .Select(path => Path.GetRelativePath(root, path))
            .Where(
                file => !file.Split('/').Any(
                    part => part is "obj" or "bin" or "vendor" or "node_modules" or "packages.lock.json"))
            .Where(file => file != "docs/contributing/words.md");
    }
}
