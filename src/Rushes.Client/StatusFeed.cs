using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Rushes.Client;

/// <summary>
/// One job's status as it changes: by the gateway's stream, which is opened again where it broke off; by asking, once it has
/// turned out that something on the way does not let streams through.
/// </summary>
internal sealed class StatusFeed(Calls calls, string path, RushesClientOptions options) : IDisposable
{
    /// <summary>The gateway sends the first event at once; a proxy that holds it back holds all back.</summary>
    private static readonly TimeSpan FirstWithin = TimeSpan.FromSeconds(10);

    /// <summary>The gateway says every 50 seconds that it is still there.</summary>
    private static readonly TimeSpan QuietFor = TimeSpan.FromSeconds(75);

    private readonly Patience patience = calls.StartPatience();
    private Connection? connection;
    private bool polls;
    private JobStatus? told;
    private string seen = "";

    /// <summary>The next status that differs from the one before.</summary>
    /// <exception cref="RushesException">The job is not there, or nobody answered for long enough.</exception>
    public async Task<JobStatus> NextAsync(CancellationToken cancel)
    {
        while (!polls)
        {
            try
            {
                if (await StreamedAsync(cancel).ConfigureAwait(false) is { } status) return told = status;
            }
            catch (Exception error) when (!cancel.IsCancellationRequested && Patience.MayPass(error))
            {
                Close();
                if (error is OperationCanceledException && told is null) polls = true;
                else await patience.WaitAsync(error, cancel).ConfigureAwait(false);
            }
        }
        return told = await PolledAsync(cancel).ConfigureAwait(false);
    }

    public void Dispose() => Close();

    /// <summary>Null: the stream ended, or there is none.</summary>
    private async Task<JobStatus?> StreamedAsync(CancellationToken cancel)
    {
        if (connection is null && (connection = await OpenAsync(cancel).ConfigureAwait(false)) is null)
        {
            polls = true;
            return null;
        }
        if (!await connection.Events.MoveNextAsync().ConfigureAwait(false))
        {
            // The gateway stops, or a proxy cut it.
            throw new HttpIOException(HttpRequestError.ResponseEnded, "the stream ended");
        }
        patience.Restore();
        seen = connection.Events.Current.EventId ?? seen;
        return connection.Events.Current.Data.Read();
    }

    /// <summary>Null: what answers there is no stream.</summary>
    private async Task<Connection?> OpenAsync(CancellationToken cancel)
    {
        var limit = new ReadLimit(FirstWithin, QuietFor, options.Clock, cancel);
        try
        {
            var request = calls.Request(HttpMethod.Get, path + "/status/stream");
            request.Headers.Accept.Add(new("text/event-stream"));
            if (seen.Length > 0) request.Headers.Add("Last-Event-ID", seen);
            var answer = await calls.AnswerAsync(request, limit.Token).ConfigureAwait(false);
            // Who has seen the present stage is told nothing but this until the next.
            if (seen.Length > 0) limit.Extend();
            if (answer.StatusCode == HttpStatusCode.OK && answer.Content.Headers.ContentType?.MediaType == "text/event-stream")
                return new Connection(answer, limit, await answer.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false));
            answer.Dispose();
        }
        catch (RushesException refused) when (refused.Status is HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotAcceptable or HttpStatusCode.NotImplemented)
        {
            // A proxy's, not ours.
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
            if (told is not null) await Task.Delay(options.PollEvery, options.Clock, cancel).ConfigureAwait(false);
            var body = await calls.ReadAsync(() => calls.Request(HttpMethod.Get, path + "/status"), WireJson.Default.StatusBody, options.Timeout, cancel).ConfigureAwait(false);
            var status = body.Read();
            // Each answer has a fresh link to the same draft.
            if (told is null || status with { DraftUrl = null } != told with { DraftUrl = null } || (status.DraftUrl is null) != (told.DraftUrl is null)) return status;
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
                throw new RushesException("bad_answer", $"The gateway streamed what no Rushes gateway would: {error.Message}", error);
            }
        }
    }
}
