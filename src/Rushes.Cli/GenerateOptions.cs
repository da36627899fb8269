using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Client;
using Rushes.Intake;

namespace Rushes.Cli;

/// <summary>Options of all <c>rushes generate</c> commands.</summary>
internal static class GenerateOptions
{
    public static readonly Option<int?> Height =
        new("--height") { Description = "The height, 480 or 720; the width follows from the image." };
    public static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "The file to write; - is standard output. Default: a name such as t2v-12.mp4.", HelpName = "FILE",
        Recursive = true,
    };
    public static readonly Option<bool> Detach = new(
        "--detach", "-d") { Description = "Print the job's id and do not wait.", Recursive = true };
    public static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Preview size, price and wait without creating a job.", Recursive = true,
    };
    public static readonly Option<string?> IdempotencyKey = new("--idempotency-key")
    {
        Description = "Repeating the same request with the same key within 24 hours (by default) returns the same job.",
        HelpName = "KEY", Recursive = true,
    };

    private static readonly Option<string?> Model = new(
        "--model", "-m") { Description = "The model's id; see rushes models.", HelpName = "ID", Recursive = true };
    private static readonly Option<double?> Duration = new(
        "--duration") { Description = "The length in seconds.", HelpName = "SECONDS", Recursive = true };
    private static readonly Option<long?> Seed = new("--seed")
    {
        Description = "The same seed gives the same video.", Recursive = true,
    };
    private static readonly Option<string?> Negative = new(
        "--negative") { Description = "What the video should not show.", HelpName = "TEXT", Recursive = true };
    private static readonly Option<int?> Priority = new(
        "--priority") { Description = "Jobs with a higher priority start first within their tier.", Recursive = true };
    private static readonly Option<int?> Resolution = new("--new-resolution")
    {
        Description = "Scale the finished video so that its shorter side has this many pixels.", HelpName = "PIXELS",
        Recursive = true,
    };
    private static readonly Option<bool?> Quality = new(
        "--higher-quality") { Description = "Better quality, but slower.", Recursive = true };
    private static readonly Option<bool?> Best = new(
        "--best-resolution") { Description = "--height sets the shorter side.", Recursive = true };
    private static readonly Option<string?> Lora = new("--lora")
    {
        Description = "A LoRA of the operator: a style or motion; see rushes models ID.", HelpName = "NAME", Recursive = true,
    };
    private static readonly Option<double?> LoraStrength = new("--lora-strength")
    {
        Description = "How strongly the LoRA is applied.", HelpName = "NUMBER", Recursive = true,
    };
    private static readonly Option<bool?> Audio = new("--generate-audio")
    {
        Description = "false: no sound, with models that make videos with sound.", Recursive = true,
    };
    private static readonly Option<DraftMode?> Draft = new("--draft")
    {
        Description = "first: make a draft while the job waits; approve: queue it only after rushes approve; none: no draft.",
        HelpName = "first|approve|none", Recursive = true,
    };
    private static readonly Option<string?> Webhook = new("--webhook")
    {
        Description = "The URL that receives a webhook when the job ends.", HelpName = "URL", Recursive = true,
    };
    private static readonly Option<string?> Timeout = new("--job-timeout")
    {
        Description = "The job fails if it has not ended within this time.", HelpName = "DURATION", Recursive = true,
    };
    private static readonly Option<string[]> More = new("--set")
    {
        Description = "An additional field, such as strength=0.5; can be repeated.", HelpName = "NAME=VALUE", Recursive = true,
    };

    public static IEnumerable<Option> All =>
    [
        Output, Model, Duration, Seed, Negative, Priority, Resolution, Quality, Best, Lora, LoraStrength, Audio, Draft, Webhook,
        Timeout, More, Detach,
        DryRun, IdempotencyKey,
    ];

    static GenerateOptions() =>
        Model.CompletionSources.Add(
            _ => CatalogReader.Read().Models.Select(model => new System.CommandLine.Completions.CompletionItem(model.Id)));

    public static VideoRequest Apply(ParseResult parsed, VideoRequest request) => request with
    {
        Model = parsed.GetValue(Model) ?? request.Model,
        Duration = parsed.GetValue(Duration) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Seed = parsed.GetValue(Seed),
        NegativePrompt = parsed.GetValue(Negative),
        Priority = parsed.GetValue(Priority),
        NewResolution = parsed.GetValue(Resolution),
        HigherQuality = parsed.GetValue(Quality),
        UseBestResolution = parsed.GetValue(Best),
        Lora = parsed.GetValue(Lora),
        LoraStrength = parsed.GetValue(LoraStrength),
        GenerateAudio = parsed.GetValue(Audio),
        Draft = parsed.GetValue(Draft),
        Webhook = parsed.GetValue(Webhook) is { } hook
            ? Uri.TryCreate(hook, UriKind.Absolute, out var url)
                ? url
                : throw new CliException(
                    $"--webhook is {hook}; use a URL such as https://example.com/hook.") { Exit = Exits.Usage }
            : null,
        JobTimeout = TimeoutOf(parsed.GetValue(Timeout)),
        More = Fields(parsed.GetValue(More) ?? []),
    };

    private static TimeSpan? TimeoutOf(string? sent) => sent is null ? null
        : new JobTimeout("--job-timeout", sent) is { Value: { } time } ? time
        : throw new CliException($"--job-timeout is {sent}; use a duration such as 90s, 5m or 1h30m, up to 30 days.")
        {
            Exit = Exits.Usage,
        };

    private static JsonObject? Fields(string[] settings)
    {
        if (settings.Length == 0) return null;
        var fields = new JsonObject();
        foreach (var setting in settings)
        {
            if (setting.Split('=', 2) is not [{ Length: > 0 } name, var value])
                throw new CliException($"--set is {setting}; use NAME=VALUE.") { Exit = Exits.Usage };
            fields[name] = ValueOf(value);
        }
        return fields;
    }

    /// <summary>Parsed as JSON if possible, otherwise a string.</summary>
    private static JsonNode? ValueOf(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
