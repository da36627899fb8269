using System.CommandLine;
using System.Globalization;
using Rushes.Client;

namespace Rushes.Cli;

/// <summary><c>rushes generate</c>: makes a video from a prompt, an image, audio or a clip and saves it.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var command = new Command("generate", "Make a video and save it.")
        {
            TextToVideo(), ImageToVideo(), SpeechToVideo(), VideoToVideo(), Extend(), Upscale(), Foley(),
        };
        foreach (var option in GenerateOptions.All) command.Add(option);
        command.Add(Show.Json);
        command.WithExamples(
            "rushes generate t2v \"a cat in a cape, playing with a dog\" -o cat.mp4",
            "rushes generate i2v boat.jpg \"waves roll in\" --height 720 --duration 4",
            "rushes generate s2v portrait.png voice.wav --model wan22-s2v-pro",
            "rushes generate extend clip.mp4 \"the boat sails on\" --duration 3",
            "rushes generate foley clip.mp4 --music --dry-run",
            "rushes generate t2v \"rain\" --draft approve --detach");
        return Connection.WithConnection(command);
    }

    private static Command TextToVideo()
    {
        var prompt = new Argument<string>("prompt") { Description = "What the video shows; - reads it from standard input." };
        var size = new Option<string?>("--size")
        {
            Description = "Width and height, such as 1280x720. Default: the model's.", HelpName = "WxH",
        };
        return Make("t2v", "Make a video from text.", [prompt], [size], parsed =>
        {
            var (width, height) = SizeOf(parsed.GetValue(size));
            return new Client.TextToVideo(parsed.GetValue(prompt) is var text and not "-" ? text! : Console.In.ReadToEnd().Trim())
                { Width = width, Height = height };
        }).WithExamples("rushes generate t2v \"a paper boat on a calm sea\" --size 1280x720 --seed 7 -o boat.mp4");
    }

    private static Command ImageToVideo()
    {
        var image = MediaArgument("image", "JPEG, PNG or WebP image: a file or URL.");
        var prompt = Prompt("The picture comes to life, with natural motion");
        var last = new Option<string?>("--last-picture") { Description = "The last frame: a file or URL.", HelpName = "FILE" };
        return Make("i2v", "Make a video from an image.", [image, prompt], [GenerateOptions.Height, last], parsed =>
            new Client.ImageToVideo(parsed.GetValue(prompt)!, MediaOf(parsed.GetValue(image)!))
            {
                Height = parsed.GetValue(GenerateOptions.Height),
                LastImage = parsed.GetValue(last) is { } end ? MediaOf(end) : null,
            }).WithExamples(
                "rushes generate i2v boat.jpg \"waves roll in\"", "rushes generate i2v first.png --last-picture last.png");
    }

    private static Command SpeechToVideo()
    {
        var image = MediaArgument("image", "JPEG, PNG or WebP image: a file or URL.");
        var audio = MediaArgument("audio", "MP3, WAV, OGG, M4A, FLAC, AAC, WMA, WebM, AIFF, CAF or AMR audio: a file or URL.");
        var prompt = Prompt("A person speaks to the camera");
        return Make(
            "s2v", "Make a video of a portrait that speaks or sings.", [image, audio, prompt], [GenerateOptions.Height], parsed =>
            new Client.SpeechToVideo(parsed.GetValue(prompt)!, MediaOf(parsed.GetValue(image)!), MediaOf(parsed.GetValue(audio)!))
                { Height = parsed.GetValue(GenerateOptions.Height) })
            .WithExamples("rushes generate s2v portrait.png voice.wav \"a host welcomes the guests\"");
    }

    private static Command VideoToVideo()
    {
        var clip = ClipArgument();
        var prompt = new Argument<string>("prompt") { Description = "What the video shows." };
        var references = new Option<string[]>("--reference")
        {
            Description = "A picture of something that the video shows: a file or URL; can be repeated.", HelpName = "FILE",
        };
        return Make("v2v", "Make a video that follows a clip.", [clip, prompt], [GenerateOptions.Height, references], parsed =>
            new Client.VideoToVideo(parsed.GetValue(prompt)!, MediaOf(parsed.GetValue(clip)!))
            {
                Height = parsed.GetValue(GenerateOptions.Height),
                References = [.. (parsed.GetValue(references) ?? []).Select(MediaOf)],
            }).WithExamples("rushes generate v2v dance.mp4 \"a robot dances\" --reference robot.png");
    }

    private static Command Extend()
    {
        var clip = ClipArgument();
        var prompt = new Argument<string>("prompt") { Description = "What happens next." };
        return Make(
            "extend", "Continue a clip; --duration is the length to add.", [clip, prompt], [GenerateOptions.Height], parsed =>
            new Client.ExtendVideo(parsed.GetValue(prompt)!, MediaOf(parsed.GetValue(clip)!))
                { Height = parsed.GetValue(GenerateOptions.Height) })
            .WithExamples("rushes generate extend clip.mp4 \"the boat sails on\" --duration 3");
    }

    private static Command Upscale()
    {
        var clip = ClipArgument();
        return Make(
            "upscale", "Make a clip larger and sharper.", [clip], [],
            parsed => new Client.UpscaleVideo(MediaOf(parsed.GetValue(clip)!)))
            .WithExamples("rushes generate upscale clip.mp4 --new-resolution 1080");
    }

    private static Argument<string> ClipArgument() =>
        MediaArgument("clip", "MP4, MOV, WebM or Matroska video: a file or URL.");

    private static Command Foley()
    {
        var clip = MediaArgument("clip", "MP4, MOV, WebM or Matroska video, or an image: a file or URL.");
        var prompt = new Argument<string?>("prompt") { Description = "The sounds to generate.", Arity = ArgumentArity.ZeroOrOne };
        var music = new Option<bool?>("--music") { Description = "Add background music." };
        return Make("foley", "Generate sound effects for a clip.", [clip, prompt], [music], parsed =>
            new Client.Foley(MediaOf(parsed.GetValue(clip)!))
                { Prompt = parsed.GetValue(prompt), BackgroundMusic = parsed.GetValue(music) })
            .WithExamples("rushes generate foley clip.mp4 \"rain on a tin roof\" -o rain.mp4");
    }

    private static Command Make(
        string name, string description, IEnumerable<Argument> arguments, IEnumerable<Option> options,
        Func<ParseResult, VideoRequest> read)
    {
        var command = new Command(name, description);
        foreach (var argument in arguments) command.Add(argument);
        foreach (var option in options) command.Add(option);
        command.SetAction((parsed, _) => new Generation(parsed, name).RunAsync(GenerateOptions.Apply(parsed, read(parsed))));
        return command;
    }

    private static Argument<string> MediaArgument(string name, string description) => new(name) { Description = description };

    private static Argument<string> Prompt(string byDefault) =>
        new("prompt")
        {
            Description = $"What happens in the video. Default \"{byDefault}\".", DefaultValueFactory = _ => byDefault,
        };

    private static MediaInput MediaOf(string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var link) && link.Scheme is "http" or "https" or "s3")
            return MediaInput.Url(link);
        return File.Exists(text)
            ? MediaInput.File(text)
            : throw new CliException($"File not found: {text}") { Exit = Exits.Usage };
    }

    private static (int? Width, int? Height) SizeOf(string? text)
    {
        if (text is null) return default;
        return text.Split('x') is [var width, var height]
            && int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out var w)
            && int.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out var h)
            ? (w, h)
            : throw new CliException($"--size is {text}; use a size such as 1280x720.") { Exit = Exits.Usage };
    }
}
