using System.CommandLine;
using System.Globalization;
using Rushes.Client;

namespace Rushes.Cli;

/// <summary><c>rushes generate</c>: from a prompt, a picture, a sound or a clip to a file.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var command = new Command("generate", "Make a video and save it here.") { Text(), Picture(), Speech(), Sound() };
        foreach (var option in GenerateOptions.All) command.Add(option);
        command.Add(Show.Json);
        command.Teach(
            "rushes generate t2v \"a cat in a cape, playing with a dog\" -o cat.mp4",
            "rushes generate i2v boat.jpg \"waves roll in\" --height 720 --duration 4",
            "rushes generate s2v portrait.png voice.wav --model wan22-s2v-pro",
            "rushes generate foley clip.mp4 --music --dry-run",
            "rushes generate t2v \"rain\" --draft approve --detach");
        return Reach.Reachable(command);
    }

    private static Command Text()
    {
        var prompt = new Argument<string>("prompt") { Description = "What the video shows; - reads it from the standard input." };
        var size = new Option<string?>("--size") { Description = "Width and height, such as 1280x720.", HelpName = "WxH" };
        return Make("t2v", "A video from words.", [prompt], [size], parsed =>
        {
            var (width, height) = SizeOf(parsed.GetValue(size));
            return new TextToVideo(parsed.GetValue(prompt) is var text and not "-" ? text! : Console.In.ReadToEnd().Trim()) { Width = width, Height = height };
        }).Teach("rushes generate t2v \"a paper boat on a calm sea\" --size 1280x720 --seed 7 -o boat.mp4");
    }

    private static Command Picture()
    {
        var picture = MediaArgument("picture", "JPEG, PNG or WebP: a file or a link.");
        var prompt = Prompt("The picture comes to life, with natural motion");
        var last = new Option<string?>("--last-picture") { Description = "The picture it ends with.", HelpName = "FILE" };
        return Make("i2v", "A video that begins with a picture.", [picture, prompt], [GenerateOptions.Height, last], parsed =>
            new ImageToVideo(parsed.GetValue(prompt)!, MediaOf(parsed.GetValue(picture)!))
            {
                Height = parsed.GetValue(GenerateOptions.Height),
                LastPicture = parsed.GetValue(last) is { } end ? MediaOf(end) : null,
            }).Teach("rushes generate i2v boat.jpg \"waves roll in\"", "rushes generate i2v first.png --last-picture last.png");
    }

    private static Command Speech()
    {
        var picture = MediaArgument("picture", "JPEG, PNG or WebP: a file or a link.");
        var sound = MediaArgument("sound", "MP3, WAV, OGG, M4A, FLAC, AAC or WMA: a file or a link.");
        var prompt = Prompt("A person speaks to the camera");
        return Make("s2v", "A picture that speaks or sings.", [picture, sound, prompt], [GenerateOptions.Height], parsed =>
            new SpeechToVideo(parsed.GetValue(prompt)!, MediaOf(parsed.GetValue(picture)!), MediaOf(parsed.GetValue(sound)!)) { Height = parsed.GetValue(GenerateOptions.Height) })
            .Teach("rushes generate s2v portrait.png voice.wav \"a host welcomes the guests\"");
    }

    private static Command Sound()
    {
        var clip = MediaArgument("clip", "MP4, MOV or WebM, or a picture: a file or a link.");
        var prompt = new Argument<string?>("prompt") { Description = "What is to be heard.", Arity = ArgumentArity.ZeroOrOne };
        var music = new Option<bool?>("--music") { Description = "Music under the sounds." };
        return Make("foley", "Sound for a clip.", [clip, prompt], [music], parsed =>
            new Foley(MediaOf(parsed.GetValue(clip)!)) { Prompt = parsed.GetValue(prompt), BackgroundMusic = parsed.GetValue(music) })
            .Teach("rushes generate foley clip.mp4 \"rain on a tin roof\" -o rain.mp4");
    }

    private static Command Make(string name, string description, IEnumerable<Argument> arguments, IEnumerable<Option> options, Func<ParseResult, VideoRequest> read)
    {
        var command = new Command(name, description);
        foreach (var argument in arguments) command.Add(argument);
        foreach (var option in options) command.Add(option);
        command.SetAction((parsed, _) => new Generation(parsed, name).RunAsync(GenerateOptions.Apply(parsed, read(parsed))));
        return command;
    }

    private static Argument<string> MediaArgument(string name, string description) => new(name) { Description = description };

    private static Argument<string> Prompt(string none) => new("prompt") { Description = $"What happens. Default \"{none}\".", DefaultValueFactory = _ => none };

    private static MediaInput MediaOf(string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var link) && link.Scheme is "http" or "https" or "s3") return MediaInput.Link(link);
        return File.Exists(text) ? MediaInput.File(text) : throw new CliException($"There is no file {text}.") { Exit = Exits.Usage };
    }

    private static (int? Width, int? Height) SizeOf(string? text)
    {
        if (text is null) return default;
        return text.Split('x') is [var width, var height]
            && int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out var w) && int.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out var h)
            ? (w, h)
            : throw new CliException($"--size {text} is no size; it is such as 1280x720.") { Exit = Exits.Usage };
    }
}
