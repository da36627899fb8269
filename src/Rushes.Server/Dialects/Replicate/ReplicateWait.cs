using System.Globalization;
using Rushes.Intake;
using Rushes.Server.Auth;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.Replicate;

/// <summary>The header <c>Prefer: wait=n</c> of a create call.</summary>
internal sealed class ReplicateWait(JobWatch watch, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    public const string Header = "Prefer";

    private const int MaxSeconds = 60;

    /// <returns>Null if the client does not wait.</returns>
    public static TimeSpan? Of(HttpRequest request)
    {
        foreach (var preference in request.Headers[Header].ToString().Split(',', StringSplitOptions.TrimEntries))
        {
            if (preference == "wait") return TimeSpan.FromSeconds(MaxSeconds);
            if (preference.StartsWith("wait=", StringComparison.Ordinal)
                && int.TryParse(preference.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                return TimeSpan.FromSeconds(Math.Clamp(seconds, 1, MaxSeconds));
        }
        return null;
    }

    /// <summary>Whether the job ended in time.</summary>
    public async Task<bool> WaitAsync(HttpContext http, long id, int account, TimeSpan wait, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(wait, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            cancel, limit.Token, http.KeyEnded(), lifetime.ApplicationStopping);
        try
        {
            await foreach (var job in watch.FollowAsync(id, account, null, stop.Token))
                if (job is JobView.Ended) return true;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The response is the same as without waiting.
        }
        return false;
    }
}
