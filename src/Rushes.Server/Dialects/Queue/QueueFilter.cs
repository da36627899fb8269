using System.Globalization;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Server.Dialects.Queue;

/// <summary>Parses the query parameters of a job list.</summary>
internal static class QueueFilter
{
    private const int MaxJobs = 200;

    /// <summary>Selects the jobs in the status <c>IN_QUEUE</c> whose drafts await approval.</summary>
    private const string Awaiting = "AWAITING_APPROVAL";

    private static readonly string[] Statuses = [.. Enum.GetValues<JobState>().Select(QueueMap.StatusOf).Distinct(), Awaiting];

    /// <returns>Null if the query is invalid; <paramref name="wrong"/> has the reason.</returns>
    public static JobFilter? Read(IQueryCollection query, ModelCatalog catalog, out (string Field, string Reason) wrong)
    {
        wrong = default;
        var wanted = Text("status")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (wanted.FirstOrDefault(name => !Statuses.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            return Wrong("status", $"is \"{Excerpt.Of(unknown)}\"; send some of {string.Join(", ", Statuses)}", out wrong);
        if (!Time("since", out var since)) return WrongTime("since", out wrong);
        if (!Time("until", out var until)) return WrongTime("until", out wrong);
        if (!Number("before", out var before))
            return Wrong("before", $"is \"{Excerpt.Of(Text("before")!)}\"; send the next value of the previous page", out wrong);
        if (!Number("limit", out var limit) || limit is < 1 or > MaxJobs)
            return Wrong("limit", $"is \"{Excerpt.Of(Text("limit")!)}\"; send an integer from 1 to {MaxJobs}", out wrong);
        return new JobFilter
        {
            States = [.. Enum.GetValues<JobState>()
                .Where(state => wanted.Contains(QueueMap.StatusOf(state), StringComparer.OrdinalIgnoreCase)
                    || (state == JobState.Awaiting && wanted.Contains(Awaiting, StringComparer.OrdinalIgnoreCase)))],
            // Jobs of a model that was removed from the catalog can still be listed.
            Model = Text("model") is { } model ? catalog.Find(model)?.Id ?? model : null,
            From = since,
            Until = until,
            Before = before,
            Limit = (int)(limit ?? 50),
        };

        JobFilter? WrongTime(string name, out (string, string) wrong) =>
            Wrong(name, $"is \"{Excerpt.Of(Text(name)!)}\"; {QueryTime.Advice(Text(name)!)}", out wrong);

        string? Text(string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

        bool Time(string name, out DateTimeOffset? time)
        {
            time = null;
            if (Text(name) is not { } text) return true;
            time = QueryTime.Parse(text);
            return time is not null;
        }

        bool Number(string name, out long? number)
        {
            number = null;
            if (Text(name) is not { } text) return true;
            var good = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var read);
            number = read;
            return good;
        }
    }

    private static JobFilter? Wrong(string field, string reason, out (string, string) wrong)
    {
        wrong = (field, reason);
        return null;
    }
}
