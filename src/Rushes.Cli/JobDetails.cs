using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace Rushes.Cli;

/// <summary>Shows one job with its timeline: creation, runs and their outcomes.</summary>
internal static class JobDetails
{
    /// <param name="path"><c>jobs</c>, or for operators <c>admin/jobs</c>.</param>
    public static async Task<int> ShowAsync(
        ParseResult parsed, GatewayClient gateway, string path, string id, CancellationToken cancel)
    {
        var job = await gateway.GetAsync($"{path}/{Uri.EscapeDataString(id)}/history", cancel);
        if (parsed.GetValue(Show.Json)) return Show.One(parsed, job);

        var state = $"{JobRows.StateOf(job)} {JobRows.ProgressOf(job)}".TrimEnd();
        Console.WriteLine($"job {JobRows.Text(job, "request_id")} ({JobRows.Text(job, "model")}): {state}");
        if (JobRows.Text(job, "prompt") is { Length: > 0 } prompt) Console.WriteLine(prompt);
        var line = new Table { Border = TableBorder.None, ShowHeaders = false };
        line.AddColumns("", "");
        foreach (var (at, what) in Events(job)) line.AddRow($"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z", Markup.Escape(what));
        Show.Write(line);
        if (JobRows.Text(job, "account") is { Length: > 0 } account) Console.WriteLine($"account {account}");
        if (JobRows.Text(job, "price") is { Length: > 0 } price)
            Console.WriteLine($"price {price} {JobRows.Text(job, "currency")}");
        if (JobRows.Time(job, "deadline") is { } deadline && JobRows.Time(job, "ended_at") is null)
            Console.WriteLine($"deadline {deadline.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z");
        if (JobRows.Time(job, "expires_at") is { } expiry)
            Console.WriteLine($"video kept until {expiry.UtcDateTime:yyyy-MM-dd HH:mm}Z");
        Console.WriteLine($"uuid {JobRows.Text(job, "uuid")}");
        return Exits.Done;
    }

    private static IEnumerable<(DateTimeOffset At, string What)> Events(JsonElement job)
    {
        yield return (JobRows.Time(job, "created_at")!.Value, $"created through the {JobRows.Text(job, "dialect")} API");
        foreach (var run in job.GetProperty("runs").EnumerateArray())
        {
            var started = JobRows.Time(run, "started_at")!.Value;
            var worker = JobRows.Text(run, "worker") is { Length: > 0 } name ? $" on {name}" : "";
            yield return (started, $"run {JobRows.Text(run, "number")} started{worker}");
            if (JobRows.Time(run, "ended_at") is not { } ended) continue;
            var error = run.TryGetProperty("error", out var why)
                ? $": {JobRows.Text(why, "message")} ({JobRows.Text(why, "code")})"
                : "";
            yield return (ended, $"{JobRows.Text(run, "outcome")} after {JobRows.Clock((ended - started).TotalSeconds)}{error}");
        }
        // A job that never ran has no run to show its end.
        if (JobRows.Time(job, "ended_at") is { } end && job.GetProperty("runs").GetArrayLength() == 0)
            yield return JobRows.StateOf(job) == "failed"
                ? (end, $"failed: {JobRows.Text(job.GetProperty("statusMessages"), "message")}")
                : (end, JobRows.StateOf(job));
    }
}
