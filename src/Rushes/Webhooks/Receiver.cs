using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Rushes.Jobs;

namespace Rushes.Webhooks;

/// <summary>Sends a message and reads the response. Errors of the receiver are returned, not thrown.</summary>
internal sealed class Receiver(HttpClient http, TimeProvider time)
{
    private const int AnswerBytes = 1024;

    private const long MaxSeconds = 1_000_000_000;

    public async Task<Answer> PostAsync(
        string url, WebhookMessage message, IReadOnlyDictionary<string, string> signature, CancellationToken cancel)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var target) || target.Scheme is not ("http" or "https"))
            return new Answer { Error = "The address is no http or https URL." };

        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(message.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.ParseAdd("Rushes");
        foreach (var (name, value) in message.Headers) request.Headers.TryAddWithoutValidation(name, value);
        // The trace of the customer's request, if it had one.
        if (JobTrace.Here is { } trace) request.Headers.TryAddWithoutValidation("traceparent", trace);
        foreach (var (name, value) in signature) request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            return new Answer
            {
                Status = (int)response.StatusCode,
                Body = await ReadStartAsync(response, cancel),
                Error = (int)response.StatusCode is >= 300 and < 400 ? "Redirects are not followed." : null,
                RetryAfter = RetryAfter(response),
            };
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Connection refused, a TLS error or a forbidden address; the message has the reason.
            return new Answer { Error = error.Message };
        }
    }

    /// <summary>A number of seconds that is too large for the parser counts as the maximum.</summary>
    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter is { } after) return after.Delta ?? after.Date - time.GetUtcNow();
        if (!response.Headers.NonValidated.TryGetValues("Retry-After", out var values)) return null;
        TimeSpan? longest = null;
        foreach (var value in values)
            if (Seconds(value.Trim()) is { } asked && !(asked <= longest)) longest = asked;
        return longest;
    }

    private static TimeSpan? Seconds(string text)
    {
        if (text.Length == 0 || !text.All(char.IsAsciiDigit)) return null;
        return long.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds < MaxSeconds
            ? TimeSpan.FromSeconds(seconds)
            : TimeSpan.MaxValue;
    }

    /// <summary>Only for the log: an incomplete or endless body does not change the meaning of the status.</summary>
    private static async Task<string> ReadStartAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var start = new byte[AnswerBytes];
        var read = 0;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancel);
            while (read < start.Length && await body.ReadAsync(start.AsMemory(read), cancel) is var more and > 0) read += more;
        }
        catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException)
        {
        }

        // PostgreSQL does not accept NUL in a text. A character that is not complete at the limit is left out.
        var text = new char[Encoding.UTF8.GetMaxCharCount(read)];
        var count = Encoding.UTF8.GetDecoder().GetChars(start, 0, read, text, 0, flush: read < start.Length);
        return new string(text, 0, count).Replace('\0', '\uFFFD');
    }

    internal sealed record Answer
    {
        public static readonly Answer Unwritten =
            new() { Error = "The gateway could not write the message; its log has the reason." };

        /// <summary>Null without a response.</summary>
        public int? Status { get; init; }

        public string? Body { get; init; }

        public string? Error { get; init; }

        public TimeSpan? RetryAfter { get; init; }
    }
}
