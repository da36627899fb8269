using System.Globalization;
using Rushes.Database;
using Rushes.Intake;
using Rushes.Jobs;

namespace Rushes.Server.Dialects.OpenAi;

/// <summary>A page of the list: <c>limit</c>, <c>order</c> and <c>after</c>.</summary>
internal sealed record OpenAiPage(int Limit, bool OldestFirst, long? After)
{
    private const int DefaultLimit = 20, MaxLimit = 100;

    /// <param name="numberOf">Finds the number of a job by its id.</param>
    /// <returns>Null if a parameter is invalid.</returns>
    public static OpenAiPage? Read(
        string? limit, string? order, string? after, Func<string, long?> numberOf, out Problem? problem)
    {
        var count = DefaultLimit;
        var id = string.IsNullOrEmpty(after) ? null : numberOf(after);
        problem =
            !string.IsNullOrEmpty(limit) && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count)
                && count <= MaxLimit)
                ? Problem.BadField("limit", $"is \"{Excerpt.Of(limit)}\"; send an integer from 0 to {MaxLimit}")
            : order is not (null or "" or "asc" or "desc")
                ? Problem.BadField("order", $"is \"{Excerpt.Of(order)}\"; send asc or desc")
            : !string.IsNullOrEmpty(after) && id is null
                ? Problem.BadField("after", $"is \"{Excerpt.Of(after)}\"; send the id of a video")
            : null;
        return problem is null ? new OpenAiPage(count, order == "asc", id) : null;
    }

    /// <summary>The jobs of the page, and whether there are more.</summary>
    public async Task<(IReadOnlyList<Job> Jobs, bool More)> ReadAsync(JobDesk desk, int account, CancellationToken cancel)
    {
        var jobs = new List<Job>();
        for (long? from = After; ;)
        {
            // One more than requested shows whether there are more.
            var filter = new JobFilter { Account = account, OldestFirst = OldestFirst, Limit = Limit + 1 - jobs.Count };
            var page = await desk.ListAsync(OldestFirst ? filter with { After = from } : filter with { Before = from }, cancel);
            jobs.AddRange(page.Jobs);
            if (jobs.Count > Limit) return (jobs[..Limit], true);
            if (page.Next is null) return (jobs, false);
            from = page.Next;
        }
    }
}
