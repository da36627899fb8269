using System.Text;
using Rushes.Safety;
using Xunit;

namespace Rushes.Tests.Safety;

public sealed class SafetyListTests : IDisposable
{
    private static readonly SafetyList List = SafetyListReader.Build(("test.json", """
        {
          "categories": {
            "pair": { "together": [["child", "kid*"], ["nude", "裸体"]] },
            "word": { "words": ["nude", "ass", "sex", "anal", "boob", "cunt", "rape", "секс"] },
            "open": { "words": ["porn*", "*hentai*"] },
            "phrase": { "words": ["blood and gore"] },
            "unspaced": { "words": ["色情"] }
          }
        }
        """u8.ToArray()));

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Signs that may be letters or punctuation: with every choice tried anew this would take hours.</summary>
    [Theory]
    [InlineData("-$€€€", 20_000, null)]
    [InlineData("$", 1_000_000, null)]
    [InlineData("s€", 100_000, null)]
    [InlineData("!@€", 50_000, "word", "a$$")]
    public void A_long_text_of_signs_takes_no_longer_than_another(string part, int times, string? category, string end = "") =>
        Assert.Equal(category, List.Find(string.Concat(Enumerable.Repeat(part, times)) + " " + end));

    [Theory]
    [InlineData("nude")]
    [InlineData("A NUDE on a beach")]
    [InlineData("n u d e")]
    [InlineData("N  U  D  E")]
    [InlineData("n-u-d-e")]
    [InlineData("n.u.d.e.")]
    [InlineData("n_u_d_e")]
    [InlineData("n. u. d. e.")]
    [InlineData("nu-de")]
    [InlineData("n🔥u🔥d🔥e")]
    [InlineData("n\u200bu\u200dd\u2060e")]
    [InlineData("n\u00adude")]
    [InlineData("\u202enude")]
    [InlineData("n\u0336u\u0336d\u0336e\u0336")]
    [InlineData("ñüdé")]
    [InlineData("n\u0303u\u0308de\u0301")]
    [InlineData("ｎｕｄｅ")]
    [InlineData("ＮＵＤＥ")]
    [InlineData("ⓝⓤⓓⓔ")]
    [InlineData("⒩⒰⒟⒠")]
    [InlineData("🄽🅄🄳🄴")]
    [InlineData("🇳🇺🇩🇪")]
    [InlineData("𝓷𝓾𝓭𝓮")]
    [InlineData("𝐍𝐔𝐃𝐄")]
    [InlineData("ɴᴜᴅᴇ")]
    [InlineData("ⁿude")]
    [InlineData("nudе")]
    [InlineData("NUDЕ")]
    [InlineData("nυdε")]
    [InlineData("ΝUDΕ")]
    [InlineData("nսde")]
    [InlineData("nud3")]
    [InlineData("nud€")]
    [InlineData("n|u|d|e")]
    [InlineData("n!u!d!e")]
    [InlineData("nuuude")]
    [InlineData("nuuuuuuuuuuuuuuude")]
    [InlineData("nude18")]
    [InlineData("18nude")]
    [InlineData("nude!!!")]
    [InlineData("!nude")]
    [InlineData("@nude")]
    [InlineData("nude's")]
    [InlineData("\"nude\"")]
    [InlineData("半裸nude写真")]
    [InlineData("a55")]
    [InlineData("a$$")]
    [InlineData("@ss")]
    [InlineData("b00b")]
    [InlineData("8oob")]
    [InlineData("booooob")]
    [InlineData("4n4l")]
    [InlineData("ana1")]
    [InlineData("секс")]
    [InlineData("СЕКС")]
    [InlineData("с е к с")]
    public void A_disguised_word_is_read(string text) => Assert.Equal("word", List.Find(text));

    [Theory]
    [InlineData("porn", "open")]
    [InlineData("pornography", "open")]
    [InlineData("p0rnographic", "open")]
    [InlineData("a hentaiish one", "open")]
    [InlineData("superhentai", "open")]
    [InlineData("ﬁne blood   and, gore", "phrase")]
    [InlineData("bloodandgore", "phrase")]
    [InlineData("BLOOD & GORE blood and g0re", "phrase")]
    [InlineData("这是色情图片", "unspaced")]
    [InlineData("色 情", "unspaced")]
    [InlineData("a nude beside a child", "pair")]
    [InlineData("kids, and then 裸体", "pair")]
    public void Parts_phrases_and_pairs_are_found(string text, string category) => Assert.Equal(category, List.Find(text));

    [Theory]
    [InlineData("")]
    [InlineData(" .,! ")]
    [InlineData("Scunthorpe United in the rain")]
    [InlineData("Essex, Sussex and Middlesex")]
    [InlineData("an assassin in a class of glass")]
    [InlineData("my therapist's ex, a grape analyst")]
    [InlineData("denuded hills, a canal, a bassoon")]
    [InlineData("my friend's ex-girlfriend")]
    [InlineData("as she came, an album and a rap ended")]
    [InlineData("menu de jour")]
    [InlineData("spornt is no word")]
    [InlineData("455 people, 80085 more")]
    [InlineData("blood oranges and gorse")]
    [InlineData("a child and a dog")]
    [InlineData("一个孩子在公园里玩，天色很好，情景动人")]
    [InlineData("桜の下で踊る女の子")]
    [InlineData("한국의 가을 풍경")]
    [InlineData("Ein Straßenmusiker spielt für die Mädchen")]
    [InlineData("Девочка рисует сектор на бумаге")]
    [InlineData("🎬 4k, 60 fps, f/1.8 — 35 mm")]
    [InlineData("\ud800 a lone surrogate")]
    public void An_innocent_text_goes_through(string text) => Assert.Null(List.Find(text));

    [Fact]
    public void A_long_text_is_read_to_its_end()
    {
        Assert.Null(List.Find(string.Concat(Enumerable.Repeat("a a a aaaaaa ", 400))));
        Assert.Equal("word", List.Find(string.Concat(Enumerable.Repeat("harmless ", 550)) + "nude"));
    }

    [Fact]
    public void The_shipped_list_is_an_example_that_works()
    {
        var shipped = SafetyListReader.Read();
        Assert.Equal("sexual/minors", shipped.Find("the children are n@ked"));
        Assert.Equal("sexual", shipped.Find("pornographic"));
        Assert.Null(shipped.Find("A cat wearing a superman cape playing with a dog"));
        Assert.Null(shipped.Find("Children playing in a garden"));
    }

    [Fact]
    public void A_file_of_the_operator_adds_and_replaces_categories()
    {
        var list = SafetyListReader.Read(Write("""{"categories": {"sexual": {}, "brands": {"words": ["acme*"]}}}"""));
        Assert.Null(list.Find("nude"));
        Assert.Equal("brands", list.Find("an Acmeland poster"));
        Assert.Equal("violence/graphic", list.Find("he beheads it"));
    }

    [Theory]
    [InlineData("{\n  \"categories\": {\n    \"a\": { \"words\": [\"x\"] }\n  }\n}", 3, "\"x\"")]
    [InlineData("{\n  \"categories\": {\n    \"a\": { \"words\": [\"word\",] ]\n  }\n}", 3, "")]
    [InlineData("{\n  \"categories\": {\n    \"a\": { \"wrods\": [\"word\"] }\n  }\n}", 3, "wrods")]
    [InlineData("{\n  \"categories\": {\n    \"a\": {\n      \"together\": [[\"one\"]] }\n  }\n}", 4, "together")]
    [InlineData("{\n  \"categories\": {\n    \"a\": { \"words\": null }\n  }\n}", 3, "null")]
    [InlineData("null", 1, "null")]
    public void A_bad_file_is_rejected_with_its_line(string text, int line, string named)
    {
        var path = Write(text);
        var error = Assert.Throws<FormatException>(() => SafetyListReader.Read(path));
        Assert.StartsWith($"{path}:{line}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    private string Write(string text)
    {
        var path = folder["safety.json"];
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
        return path;
    }
}
