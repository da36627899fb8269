using System.Net.Http.Json;
using System.Text.Json;

namespace Rushes.Tests;

/// <summary>
/// Waits for something that sends no signal, such as a change in another process, by asking repeatedly. There is no time limit:
/// the token of the test ends the wait.
/// </summary>
internal static class Eventually
{
    public static Task TrueAsync(Func<bool> condition, CancellationToken cancel) =>
        TrueAsync(() => Task.FromResult(condition()), cancel);

    public static Task TrueAsync(Func<Task<bool>> condition, CancellationToken cancel) =>
        ReadAsync(condition, value => value, cancel);

    /// <summary>
    /// The wait also ends, with an error, when one of these tasks has ended and the condition is not met: each must run until
    /// then.
    /// </summary>
    public static Task TrueWhileAsync(IReadOnlyCollection<Task> running, Func<bool> condition, CancellationToken cancel) =>
        TrueAsync(
            async () =>
            {
                var ended = running.FirstOrDefault(task => task.IsCompleted);
                if (condition()) return true;
                if (ended is null) return false;
                await ended;
                throw new InvalidOperationException("What the condition needs has ended before it was met.");
            },
            cancel);

    /// <summary>Returns the first value that meets the condition.</summary>
    public static async Task<T> ReadAsync<T>(Func<Task<T>> read, Func<T, bool> until, CancellationToken cancel)
    {
        while (true)
        {
            var value = await read();
            if (until(value)) return value;
            await PauseAsync(cancel);
        }
    }

    /// <summary>A pause between two tries.</summary>
    public static Task PauseAsync(CancellationToken cancel) => Task.Delay(TimeSpan.FromMilliseconds(20), cancel);

    /// <summary>Returns the status of a job in the queue API once it has ended.</summary>
    public static Task<JsonElement> EndedAsync(
        HttpClient http, string id, CancellationToken cancel, string model = "wan22-fast-t2v") => ReadAsync(
        () => http.GetFromJsonAsync<JsonElement>($"/queue/{model}/requests/{id}/status", cancel),
        status => status.GetProperty("status").GetString() is not ("IN_QUEUE" or "IN_PROGRESS"),
        cancel);
}
