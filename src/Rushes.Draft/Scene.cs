using System.Text;

namespace Rushes.Draft;

internal enum Place { Hills, Mountains, Forest, Desert, Sea, City, Space, Underwater }

internal enum Light { Dawn, Day, Sunset, Night }

internal enum Air { Clear, Snow, Rain, Embers, Fireflies }

/// <summary>The scene of a draft, from the words of the prompt; what they do not specify is random.</summary>
/// <param name="Tint">A color named in the prompt.</param>
internal sealed record Scene(Place Place, Light Light, Air Air, Rgb? Tint)
{
    public static Scene Read(string prompt, Dice dice)
    {
        Place? place = null;
        Light? light = null;
        Air? air = null;
        Rgb? tint = null;
        foreach (var word in WordsOf(prompt))
        {
            place ??= Find(Places, word);
            // Night takes precedence: "fire at night" is dark.
            light = Find(Lights, word) is { } said && (light is null || said == Light.Night) ? said : light;
            air ??= Find(Airs, word);
            tint ??= Find(Tints, word);
        }

        var chosenPlace = place ?? dice.Pick(Place.Hills, Place.Mountains, Place.Sea, Place.Forest, Place.Desert);
        if (air is Air.Fireflies or Air.Embers) light ??= dice.Pick(Light.Night, Light.Night, Light.Sunset);
        var chosenLight = light ?? dice.Pick(Light.Dawn, Light.Day, Light.Sunset, Light.Sunset, Light.Night);
        return new Scene(chosenPlace, chosenLight, air ?? QuietAir(chosenPlace, chosenLight, dice), tint);
    }

    private static Air QuietAir(Place place, Light light, Dice dice) =>
        light == Light.Night && place is Place.Forest or Place.Hills && dice.Chance(0.6f) ? Air.Fireflies : Air.Clear;

    private static T? Find<T>(Dictionary<string, T> words, string word)
        where T : struct =>
        words.TryGetValue(word, out var found) || (word.EndsWith('s') && words.TryGetValue(word[..^1], out found)) ? found : null;

    /// <summary>The first words in lower case; further words do not change a draft.</summary>
    private static IEnumerable<string> WordsOf(string prompt)
    {
        var word = new StringBuilder();
        foreach (var c in prompt.Length > 2000 ? Excerpt.Start(prompt, 2000).ToString() : prompt + " ")
        {
            if (char.IsLetter(c))
            {
                word.Append(char.ToLowerInvariant(c));
                continue;
            }
            if (word.Length > 0) yield return word.ToString();
            word.Clear();
        }
    }

    private static Dictionary<string, T> Words<T>(params (T Meaning, string Words)[] meanings)
    {
        var words = new Dictionary<string, T>();
        foreach (var (meaning, list) in meanings)
            foreach (var word in list.Split(' ')) words[word] = meaning;
        return words;
    }

    private static readonly Dictionary<string, Place> Places = Words(
        (Place.Hills, "hill field meadow farm grass garden countryside valley village flower train horse dog park"),
        (Place.Mountains, "mountain alp peak cliff eagle glacier volcano castle dragon snowy hike"),
        (Place.Forest, "forest wood tree jungle bear fox deer wolf pine owl bamboo"),
        (Place.Desert, "desert dune sand camel mars canyon savanna pyramid lion"),
        (Place.Sea, "sea ocean beach wave boat ship lake sail sailboat lighthouse river coast harbour harbor "
            + "island surfer storm bay"),
        (Place.City, "city street town skyline car taxi tokyo paris london neon cyberpunk building robot skyscraper "
            + "traffic office downtown"),
        (Place.Space, "space galaxy star planet astronaut rocket nebula spaceship alien universe orbit cosmic moon"),
        (Place.Underwater, "underwater fish whale coral reef turtle dolphin octopus jellyfish shark diver submarine mermaid"));

    private static readonly Dictionary<string, Light> Lights = Words(
        (Light.Dawn, "dawn morning sunrise spring pastel misty mist fog foggy blossom"),
        (Light.Day, "day noon sunny summer bright blue midday afternoon"),
        (Light.Sunset, "sunset dusk evening golden autumn fire orange warm twilight"),
        (Light.Night, "night midnight dark moonlight moonlit starry stars aurora neon cyberpunk lantern"));

    private static readonly Dictionary<string, Air> Airs = Words(
        (Air.Snow, "snow snowy snowfall winter blizzard ice christmas snowflake"),
        (Air.Rain, "rain rainy storm stormy drizzle umbrella"),
        (Air.Embers, "fire flame ember volcano campfire burning lava dragon explosion spark"),
        (Air.Fireflies, "firefly fireflies magic magical fairy enchanted glowing lantern dream dreamy"));

    private static readonly Dictionary<string, Rgb> Tints = Words(
        (Rgb.Hex("E0453A"), "red crimson scarlet ruby"),
        (Rgb.Hex("F08A2C"), "orange amber copper rust"),
        (Rgb.Hex("F2C440"), "yellow gold golden lemon"),
        (Rgb.Hex("4FA85B"), "green emerald jade lime"),
        (Rgb.Hex("28A9A5"), "teal turquoise cyan aqua"),
        (Rgb.Hex("3C74D8"), "blue azure cobalt navy"),
        (Rgb.Hex("B43CC8"), "neon cyberpunk"),
        (Rgb.Hex("8250C8"), "purple violet lavender indigo magenta"),
        (Rgb.Hex("F08CB4"), "pink rose cherry blossom"));
}
