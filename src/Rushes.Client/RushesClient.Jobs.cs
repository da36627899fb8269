using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;

namespace Rushes.Client;

public sealed partial class RushesClient
{
    /// <summary>
    /// The account's jobs, newest first, including those created through other APIs. Pages are fetched as you enumerate.
    /// </summary>
    public async IAsyncEnumerable<JobSummary> ListAsync(
        JobQuery? query = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        query ??= new JobQuery();
        string? next = null;
        do
        {
            var path = PathOf(query, next);
            var page = await calls.ReadAsync(
                () => calls.Request(HttpMethod.Get, path), WireJson.Default.ListBody, options.Timeout,
                cancel).ConfigureAwait(false);
            foreach (var listed in page.Jobs)
            {
                var job = listed.ReadSummary();
                // The API has one status for queued jobs and for jobs that await approval.
                if (query.States.Count == 0 || query.States.Contains(job.Status.State)) yield return job;
            }
            next = page.Next;
        }
        while (next is not null);
    }

    /// <summary>
    /// Deletes a job in any state, everything stored about it, and its files. A job that has not ended is cancelled.
    /// </summary>
    /// <returns>False if there is no such job.</returns>
    public async Task<bool> DeleteAsync(Job job, CancellationToken cancel = default)
    {
        try
        {
            await calls.SendAsync(HttpMethod.Delete, $"jobs/{job.Id}", cancel).ConfigureAwait(false);
            return true;
        }
        catch (RushesException unknown) when (unknown.Status == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    private static string PathOf(JobQuery query, string? before)
    {
        (string Name, string? Value)[] all =
        [
            ("status", query.States.Count == 0 ? null : string.Join(',', query.States.Select(StatusBody.NameOf).Distinct())),
            ("model", query.Model),
            ("since", query.Since?.ToString("O", CultureInfo.InvariantCulture)),
            ("until", query.Until?.ToString("O", CultureInfo.InvariantCulture)), ("before", before),
        ];
        return "jobs?"
            + string.Join(
                '&', all.Where(one => one.Value is not null).Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value!)}"));
    }
}
