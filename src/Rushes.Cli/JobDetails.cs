using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace Rushes.Cli;

/// <summary>One job with its time line: when it came, who ran it, how that ended.</summary>
internal static class JobDetails
{
    /// <param name="door"><c>jobs</c>, or for operators <c>admin/jobs</c>.</param>
    public static async Task<int> ShowAsync(ParseResult parsed, GatewayClient gateway, string door, string id, CancellationToken cancel)
    {
        var job = await gateway.GetAsync($"{door}/{Uri.EscapeDataString(id)}/history", cancel);
        if (parsed.GetValue(Show.Json)) return Show.Rows(parsed, job, []);

        Console.WriteLine($"job {JobRows.Text(job, "request_id")} ({JobRows.Text(job, "model")}): {JobRows.StateOf(job)} {JobRows.WhereOf(job)}".TrimEnd());
        if (JobRows.Text(job, "prompt") is { Length: > 0 } prompt) Console.WriteLine(prompt);
        var line = new Table { Border = TableBorder.None, ShowHeaders = false };
        line.AddColumns("", "");
        foreach (var (at, what) in Events(job)) line.AddRow($"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z", Markup.Escape(what));
        Show.Write(line);
        if (JobRows.Text(job, "account") is { Length: > 0 } account) Console.WriteLine($"account {account}");
        if (JobRows.Text(job, "price") is { Length: > 0 } price) Console.WriteLine($"price {price} {JobRows.Text(job, "currency")}");
        Console.WriteLine($"uuid {JobRows.Text(job, "uuid")}");
        return Exits.Done;
    }

    private static IEnumerable<(DateTimeOffset At, string What)> Events(JsonElement job)
    {
        yield return (JobRows.Time(job, "created_at")!.Value, $"asked for, by the {JobRows.Text(job, "dialect")} dialect");
        foreach (var run in job.GetProperty("runs").EnumerateArray())
        {
            var started = JobRows.Time(run, "started_at")!.Value;
            var worker = JobRows.Text(run, "worker") is { Length: > 0 } name ? $" on {name}" : "";
            yield return (started, $"run {JobRows.Text(run, "number")} began{worker}");
            if (JobRows.Time(run, "ended_at") is not { } ended) continue;
            var error = run.TryGetProperty("error", out var why) ? $": {JobRows.Text(why, "message")} ({JobRows.Text(why, "code")})" : "";
            yield return (ended, $"{JobRows.Text(run, "outcome")} after {JobRows.Clock((ended - started).TotalSeconds)}{error}");
        }
        // One that never ran ended all the same.
        if (JobRows.Time(job, "ended_at") is { } end && job.GetProperty("runs").GetArrayLength() == 0)
            yield return (end, $"{JobRows.StateOf(job)}{(JobRows.StateOf(job) == "failed" ? $": {JobRows.Text(job.GetProperty("statusMessages"), "message")}" : "")}");
    }
}
