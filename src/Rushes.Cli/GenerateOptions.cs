using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Client;
using DraftWish = Rushes.Client.DraftWish;

namespace Rushes.Cli;

/// <summary>What every kind of video can be asked with.</summary>
internal static class GenerateOptions
{
    public static readonly Option<int?> Height = new("--height") { Description = "480 or 720; the width follows the picture." };
    public static readonly Option<string?> Output = new("--output", "-o") { Description = "The file; - writes to the standard output. Default such as t2v-12.mp4.", HelpName = "FILE", Recursive = true };
    public static readonly Option<bool> Detach = new("--detach", "-d") { Description = "Print the job's id and do not wait.", Recursive = true };
    public static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say what would become of it, its price and wait; nothing is queued.", Recursive = true };
    public static readonly Option<string?> Once = new("--idempotency-key") { Description = "The same request under the same key is the same job for a day.", HelpName = "KEY", Recursive = true };

    private static readonly Option<string?> Model = new("--model", "-m") { Description = "The model's id; rushes models lists them.", HelpName = "ID", Recursive = true };
    private static readonly Option<double?> Duration = new("--duration") { Description = "Its length in seconds.", HelpName = "SECONDS", Recursive = true };
    private static readonly Option<long?> Seed = new("--seed") { Description = "The same seed gives the same video.", Recursive = true };
    private static readonly Option<string?> Negative = new("--negative") { Description = "What it should not show.", HelpName = "TEXT", Recursive = true };
    private static readonly Option<int?> Priority = new("--priority") { Description = "Bigger goes first within the tier.", Recursive = true };
    private static readonly Option<int?> Resolution = new("--new-resolution") { Description = "Scales the finished video: its shorter side in pixels.", HelpName = "PIXELS", Recursive = true };
    private static readonly Option<bool?> Quality = new("--higher-quality") { Description = "Slower and better.", Recursive = true };
    private static readonly Option<bool?> Best = new("--best-resolution") { Description = "The height is the shorter side.", Recursive = true };
    private static readonly Option<DraftWish?> Draft = new("--draft") { Description = "first: a quick draft while it waits; approve: it waits for rushes approve; none.", HelpName = "first|approve|none", Recursive = true };
    private static readonly Option<string?> Webhook = new("--webhook") { Description = "Where the end of the job is told.", HelpName = "URL", Recursive = true };
    private static readonly Option<string[]> More = new("--set") { Description = "A field of a model of your own, such as strength=0.5; may be repeated.", HelpName = "NAME=VALUE", Recursive = true };

    public static IEnumerable<Option> All => [Output, Model, Duration, Seed, Negative, Priority, Resolution, Quality, Best, Draft, Webhook, More, Detach, DryRun, Once];

    static GenerateOptions() => Model.CompletionSources.Add(_ => CatalogReader.Read().Models.Select(model => new System.CommandLine.Completions.CompletionItem(model.Id)));

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
        Draft = parsed.GetValue(Draft),
        Webhook = parsed.GetValue(Webhook) is { } hook
            ? Uri.TryCreate(hook, UriKind.Absolute, out var url) ? url : throw new CliException($"--webhook {hook} is no link.") { Exit = Exits.Usage }
            : null,
        More = Fields(parsed.GetValue(More) ?? []),
    };

    private static JsonObject? Fields(string[] settings)
    {
        if (settings.Length == 0) return null;
        var fields = new JsonObject();
        foreach (var setting in settings)
        {
            if (setting.Split('=', 2) is not [{ Length: > 0 } name, var value]) throw new CliException($"--set {setting} is no NAME=VALUE.") { Exit = Exits.Usage };
            fields[name] = ValueOf(value);
        }
        return fields;
    }

    /// <summary>JSON where it is JSON, else text.</summary>
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
