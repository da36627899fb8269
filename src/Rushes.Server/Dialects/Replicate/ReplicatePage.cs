using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Rushes.Database;
using Rushes.Intake;

namespace Rushes.Server.Dialects.Replicate;

/// <summary>A page of the list: <c>cursor</c>, <c>created_after</c>, <c>created_before</c> and <c>source</c>.</summary>
internal static class ReplicatePage
{
    private const int PageSize = 100;

    private const string Cursor = "cursor", After = "created_after", Before = "created_before", Source = "source";

    /// <param name="numberOf">Finds the number of a job by its id.</param>
    /// <returns>Null if a parameter is invalid.</returns>
    public static JobFilter? Read(IQueryCollection query, Func<string, long?> numberOf, out Problem? problem)
    {
        var cursor = query[Cursor].ToString();
        var before = cursor.Length == 0 ? null : numberOf(cursor);
        DateTimeOffset? from = null, until = null;
        problem =
            cursor.Length > 0 && before is null ? Problem.BadField(Cursor, $"is \"{Excerpt.Of(cursor)}\"; send the one of next")
            : query[Source].ToString() is { } source && source is not ("" or "web" or "api")
                ? Problem.BadField(Source, $"is \"{Excerpt.Of(source)}\"; send web")
            : ReadTime(query, After, out from) ?? ReadTime(query, Before, out until);
        return problem is null ? new JobFilter { Before = before, From = from, Until = until, Limit = PageSize } : null;
    }

    /// <summary>The URL of the next page, with the same parameters.</summary>
    /// <param name="last">The id of the last prediction of this page.</param>
    public static string Next(HttpRequest request, string origin, string last)
    {
        var kept = request.Query.Where(parameter => parameter.Key is After or Before or Source)
            .Select(parameter => KeyValuePair.Create(parameter.Key, (string?)parameter.Value.ToString()));
        return QueryHelpers.AddQueryString($"{origin}/v1/predictions", kept.Append(KeyValuePair.Create(Cursor, (string?)last)));
    }

    private static Problem? ReadTime(IQueryCollection query, string name, out DateTimeOffset? time)
    {
        time = null;
        if (query[name].ToString() is not { Length: > 0 } sent) return null;
        if (!DateTimeOffset.TryParse(
            sent, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
            return Problem.BadField(name, $"is \"{Excerpt.Of(sent)}\"; send a time such as 2030-01-31T10:00:00Z");
        time = at;
        return null;
    }
}
