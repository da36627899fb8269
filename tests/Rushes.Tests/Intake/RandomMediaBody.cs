using System.Text;

namespace Rushes.Tests.Intake;

/// <summary>Random JSON bodies with media, to compare the scanner with <see cref="MediaBodyModel"/>.</summary>
internal sealed class RandomMediaBody
{
    private readonly StringBuilder text = new();
    private readonly Random random;
    private int media;

    private RandomMediaBody(Random random) => this.random = random;

    public static byte[] Next(Random random)
    {
        var body = new RandomMediaBody(random);
        body.Object(0);
        return Encoding.UTF8.GetBytes(body.text.ToString());
    }

    private void Object(int depth)
    {
        text.Append('{').Append(Space());
        var count = random.Next(0, 5);
        for (var i = 0; i < count; i++)
        {
            if (i > 0) text.Append(',').Append(Space());
            var isMedia = random.Next(3) == 0 && media < 4;
            var suffix = !isMedia ? "" : random.Next(2) == 0 ? "_uri" : "_url";
            text.Append(String($"{Word()}{i}{suffix}")).Append(Space()).Append(':').Append(Space());
            if (isMedia) Media();
            else Value(depth + 1);
        }
        text.Append(Space()).Append('}').Append(Space());
    }

    private void Value(int depth)
    {
        switch (random.Next(depth > 4 ? 5 : 7))
        {
            case 0: text.Append(random.NextInt64(-1_000_000, 1_000_000)); break;
            case 1: text.Append(random.Next(2) == 0 ? "true" : "null"); break;
            case < 5: text.Append(String(string.Concat(Enumerable.Range(0, random.Next(0, 60)).Select(_ => Word())))); break;
            case 5: Object(depth); break;
            default:
                text.Append('[');
                var count = random.Next(0, 4);
                for (var i = 0; i < count; i++)
                {
                    if (i > 0) text.Append(',');
                    Value(depth + 1);
                }
                text.Append(']');
                break;
        }
    }

    private void Media()
    {
        if (random.Next(4) == 0)
        {
            text.Append(String(MediaBodyModel.Links[random.Next(4)] + Word()));
            return;
        }
        media++;
        var bytes = new byte[random.Next(8) == 0 ? random.Next(1, 200_000) : random.Next(1, 300)];
        random.NextBytes(bytes);
        var base64 = Convert.ToBase64String(
            bytes, random.Next(3) == 0 ? Base64FormattingOptions.InsertLineBreaks : Base64FormattingOptions.None);
        if (random.Next(3) == 0) base64 = base64.TrimEnd('=');
        if (random.Next(3) == 0) base64 = base64.Replace('+', '-').Replace('/', '_');
        text.Append(String((random.Next(3) == 0 ? "data:image/png;base64," : "") + base64));
    }

    private string Space() => random.Next(6) == 0 ? " \n" : "";

    private string Word() => random.Next(6) switch { 0 => "\"", 1 => "\\", 2 => "é", 3 => "😀", 4 => "plain", _ => "{[:,]}" };

    private string String(string value)
    {
        var escapes = random.Next(4) switch { 0 => 2, 1 => 20, _ => int.MaxValue };
        var json = new StringBuilder("\"");
        foreach (var rune in value.EnumerateRunes())
            json.Append(rune.ToString() switch
            {
                "\n" => "\\n",
                "\r" => "\\r",
                "\"" => "\\\"",
                "\\" => "\\\\",
                "/" when random.Next(2) == 0 => "\\/",
                var character when escapes != int.MaxValue && random.Next(escapes) == 0 =>
                    string.Concat(character.Select(unit => $"\\u{(int)unit:X4}")),
                var character => character,
            });
        return json.Append('"').ToString();
    }
}
