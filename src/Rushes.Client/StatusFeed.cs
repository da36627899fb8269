using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Rushes.Client;

/// <summary>
/// Follows one job's status with the gateway's event stream, which is reopened after interruptions; falls back to polling if
/// a proxy blocks streams.
/// </summary>
internal sealed class StatusFeed(Calls calls, string path, RushesClientOptions options) : IDisposable
{
    /// <summary>The gateway sends the first event at once; if it does not arrive, a proxy buffers the stream.</summary>
    private static readonly TimeSpan FirstEventTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The gateway sends a keep-alive every 50 seconds.</summary>
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(75);

    private readonly RetryTimer retries = calls.StartRetries();
    private Connection? connection;
    private bool polls;
    private JobStatus? last;
    private string lastEventId = "";

    /// <summary>The next status that differs from the one before.</summary>
    /// <exception cref="RushesException">The job does not exist, or the gateway cannot be reached.</exception>
    public async Task<JobStatus> NextAsync(CancellationToken cancel)
    {
        while (!polls)
        {
            try
            {
                if (await StreamedAsync(cancel).ConfigureAwait(false) is { } status) return last = status;
            }
            catch (Exception error) when (!cancel.IsCancellationRequested && RetryTimer.IsTransient(error))
            {
                Close();
                if (error is OperationCanceledException && last is null) polls = true;
                else await retries.WaitAsync(error, cancel).ConfigureAwait(false);
            }
        }
        return last = await PolledAsync(cancel).ConfigureAwait(false);
    }

    public void Dispose() => Close();

    /// <returns>Null if there is no stream.</returns>
    private async Task<JobStatus?> StreamedAsync(CancellationToken cancel)
    {
        if (connection is null && (connection = await OpenAsync(cancel).ConfigureAwait(false)) is null)
        {
            polls = true;
            return null;
        }
        if (!await connection.Events.MoveNextAsync().ConfigureAwait(false))
        {
            // The gateway stopped, or a proxy closed the connection.
            throw new HttpIOException(HttpRequestError.ResponseEnded, "the stream ended");
        }
        retries.Reset();
        lastEventId = connection.Events.Current.EventId ?? lastEventId;
        return connection.Events.Current.Data.Read();
    }

    /// <returns>Null if the response is not an event stream.</returns>
    private async Task<Connection?> OpenAsync(CancellationToken cancel)
    {
        var limit = new ReadLimit(FirstEventTimeout, IdleTimeout, options.Clock, cancel);
        try
        {
            var request = calls.Request(HttpMethod.Get, path + "/status/stream");
            request.Headers.Accept.Add(new("text/event-stream"));
            if (lastEventId.Length > 0) request.Headers.Add("Last-Event-ID", lastEventId);
            var answer = await calls.AnswerAsync(request, limit.Token).ConfigureAwait(false);
            retries.Connected();
            // A client that has seen the current status gets no event until it changes.
            if (lastEventId.Length > 0) limit.Extend();
            if (answer.StatusCode == HttpStatusCode.OK && answer.Content.Headers.ContentType?.MediaType == "text/event-stream")
                return new Connection(answer, limit, await answer.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false));
            answer.Dispose();
        }
        catch (RushesException rejected)
            when (rejected.Status is HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotAcceptable
                or HttpStatusCode.NotImplemented)
        {
            // The response of a proxy that does not support streams.
        }
        catch
        {
            limit.Dispose();
            throw;
        }
        limit.Dispose();
        return null;
    }

    private async Task<JobStatus> PolledAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (last is not null) await Task.Delay(options.PollInterval, options.Clock, cancel).ConfigureAwait(false);
            var body = await calls.ReadAsync(
                () => calls.Request(HttpMethod.Get, path + "/status"), WireJson.Default.StatusBody, options.Timeout,
                cancel).ConfigureAwait(false);
            var status = body.Read();
            // Each response has a new URL for the same draft, which is not a change.
            if (last is null || status with { DraftUrl = null } != last with { DraftUrl = null }
                || (status.DraftUrl is null) != (last.DraftUrl is null)) return status;
        }
    }

    private void Close()
    {
        connection?.Dispose();
        connection = null;
    }

    private sealed class Connection(HttpResponseMessage answer, ReadLimit limit, Stream body) : IDisposable
    {
        public IAsyncEnumerator<SseItem<StatusBody>> Events { get; } = SseParser
            .Create(new LimitedStream(body, limit), static (_, data) => Parse(data))
            .EnumerateAsync(limit.Token).GetAsyncEnumerator(limit.Token);

        public void Dispose()
        {
            answer.Dispose();
            limit.Dispose();
        }

        private static StatusBody Parse(ReadOnlySpan<byte> data)
        {
            try
            {
                return JsonSerializer.Deserialize(data, WireJson.Default.StatusBody)!;
            }
            catch (JsonException error)
            {
                throw new RushesException("bad_answer", $"The stream is not from a Rushes gateway: {error.Message}", error);
            }
        }
    }
}
