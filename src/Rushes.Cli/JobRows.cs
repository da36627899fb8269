using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Rushes.Cli;

/// <summary>Formats jobs as table rows.</summary>
internal static class JobRows
{
    public static readonly string[] Columns = ["job", "state", "progress", "model", "prompt", "created"];

    public static IEnumerable<JsonElement> Of(
        JsonElement found) => found.GetProperty("jobs").EnumerateArray().Select(job => Show.Element(new
    {
        job = Text(job, "request_id"),
        state = StateOf(job),
        progress = ProgressOf(job),
        model = Text(job, "model"),
        prompt = Short(Text(job, "prompt")),
        created = job.GetProperty("created_at").GetString(),
        account = Text(job, "account"),
    }));

    public static string StateOf(JsonElement job) => Text(job, "status") switch
    {
        "IN_QUEUE" => Text(job.GetProperty("statusMessages"), "message") == "AWAITING_APPROVAL" ? "awaiting" : "queued",
        "IN_PROGRESS" => "running",
        var ended => ended.ToLowerInvariant(),
    };

    /// <summary>Such as <c>2 ahead, 1:30</c>, <c>4/24</c>, <c>in 1:12</c> or the error code.</summary>
    public static string ProgressOf(JsonElement job) => Text(job, "status") switch
    {
        "IN_QUEUE" when job.TryGetProperty("queue_position", out var position) =>
            (position.GetInt32() == 0 ? "next" : $"{position} ahead")
                + (job.TryGetProperty("etaSeconds", out var eta) ? $", {Clock(eta.GetDouble())}" : ""),
        // Progress: 4/24 Tasks done
        "IN_PROGRESS" => Text(job.GetProperty("statusMessages"), "detail_message").Split(' ').ElementAtOrDefault(1) ?? "",
        "COMPLETED" => $"in {Clock((Time(job, "ended_at") - Time(job, "started_at"))?.TotalSeconds ?? 0)}",
        "FAILED" => Text(job, "error_code"),
        _ => "",
    };

    public static string Text(JsonElement value, string name) => value.TryGetProperty(name, out var text) ? text.ToString() : "";

    public static DateTimeOffset? Time(JsonElement value, string name) =>
        value.TryGetProperty(name, out var time) ? time.GetDateTimeOffset() : null;

    public static string Clock(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Round(seconds));
        var format = time.TotalHours < 1 ? @"m\:ss" : time.TotalDays < 1 ? @"h\:mm\:ss" : @"d\.hh\:mm\:ss";
        return time.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>Cuts the prompt to the width that the other columns leave.</summary>
    private static string Short(string prompt)
    {
        var length = Console.IsOutputRedirected ? 80 : Math.Clamp(AnsiConsole.Profile.Width - 80, 16, 80);
        return Excerpt.Of(prompt.ReplaceLineEndings(" "), length, "…");
    }
}
