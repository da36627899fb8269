using System.Globalization;
using Rushes.Database;
using Rushes.Intake;

namespace Rushes.Server.Dialects.OpenAi;

/// <summary>A page of the list: <c>limit</c>, <c>order</c> and <c>after</c>.</summary>
internal static class OpenAiPage
{
    private const int DefaultLimit = 20, MaxLimit = 100;

    /// <param name="numberOf">Finds the number of a job by its id.</param>
    /// <returns>Null if a parameter is invalid.</returns>
    public static JobFilter? Read(
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
        if (problem is not null) return null;
        var filter = new JobFilter { OldestFirst = order == "asc", Limit = count };
        return filter.OldestFirst ? filter with { After = id } : filter with { Before = id };
    }
}
