using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Webhooks;

/// <summary>
/// Sends pending webhook deliveries. Woken by commits that add some and by the time of the next retry, it sends many at once,
/// but few to one host or of one account, and records every attempt. If an attempt cannot be recorded, it is repeated with
/// the same <c>webhook-id</c> (at least once).
/// </summary>
/// <param name="http">Connects only to allowed addresses and does not follow redirects.</param>
public sealed class Deliverer(
    IJobStore jobStore, IDeliveryStore deliveryStore, CommitFollowers followers, Signatures signatures,
    IEnumerable<IWebhookForm> forms, HttpClient http, DeliveryOptions options, TimeProvider time,
    ILogger<Deliverer> log)
{
    /// <summary>Maximum deliveries to one host and port at once, so that one unreachable host does not use all.</summary>
    private const int PerHost = 4;

    /// <summary>The pause after a database error.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, IWebhookForm> forms = forms.ToDictionary(form => form.Dialect, StringComparer.Ordinal);
    private readonly Receiver receiver = new(http, time);
    private readonly Channel<bool> bell = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock gate = new();
    private readonly Dictionary<long, DeliveryPlace> places = [];
    private readonly List<Task> underWay = [];

    /// <summary>
    /// Raised after each attempt was recorded, with the delivery's new state. Handlers must be fast; it is raised on any
    /// thread.
    /// </summary>
    public event Action<Delivery, DeliveryTry, DeliveryState>? Tried;

    /// <summary>
    /// Delivers until <paramref name="stop"/>, which also cancels requests in progress; they are repeated later.
    /// </summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await using var alarm = time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using var following = followers.AddDeliveries("webhook deliveries", Ring);
        // For deliveries that were pending when the gateway stopped.
        Ring();
        try
        {
            await foreach (var _ in bell.Reader.ReadAllAsync(stop)) Set(alarm, await SendDueAsync(stop));
        }
        catch (Exception error) when (
            stop.IsCancellationRequested && error is (OperationCanceledException or DatabaseAwayException))
        {
            // Deliveries that are due are read again at the next start.
        }
        finally
        {
            await Task.WhenAll(underWay);
        }
    }

    private void Ring() => bell.Writer.TryWrite(true);

    private void Set(ITimer alarm, DateTimeOffset? at)
    {
        if (at is not { } next) return;
        var wait = next - time.GetUtcNow();
        if (wait > TimeSpan.Zero) alarm.Change(wait, Timeout.InfiniteTimeSpan);
        // The time may have passed while the timer was set.
        if (time.GetUtcNow() >= next) Ring();
    }

    /// <summary>Starts the deliveries that are due, within the limits. Returns when the next one is due.</summary>
    private async Task<DateTimeOffset?> SendDueAsync(CancellationToken stop)
    {
        try
        {
            var due = await deliveryStore.TakeDueDeliveriesAsync(Claim(), stop);
            underWay.RemoveAll(task => task.IsCompleted);
            foreach (var delivery in due.Taken)
                if (Enter(delivery))
                    underWay.Add(Task.Run(() => SendAsync(delivery, stop), CancellationToken.None));
            return due.NextAt;
        }
        catch (Exception error) when (!stop.IsCancellationRequested)
        {
            // The database logs its own unavailability, once.
            if (error is not DatabaseAwayException) log.OutboxUnread(error);
            return time.GetUtcNow() + Pause;
        }
    }

    private DeliveryClaim Claim()
    {
        // Twice the timeout of an attempt: no other gateway claims it meanwhile, and after a crash it is soon claimed again.
        var until = time.GetUtcNow() + 2 * options.Timeout;
        lock (gate)
            return new DeliveryClaim(
                until, options.AtOnce - places.Count, PerHost, options.PerAccount, [.. places.Values]);
    }

    // Returns false if the delivery is already in progress because redelivery was requested; that attempt decides what
    // happens next.
    private bool Enter(Delivery delivery)
    {
        lock (gate) return places.TryAdd(delivery.Id, new DeliveryPlace(delivery.Account, delivery.Host));
    }

    private void Leave(Delivery delivery)
    {
        lock (gate) places.Remove(delivery.Id);
        Ring();
    }

    private async Task SendAsync(Delivery delivery, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        var left = false;
        try
        {
            var at = time.GetUtcNow();
            var began = time.GetTimestamp();
            var job = await FindAsync(delivery, cancel.Token, stop);
            using var span = job is null ? null : Begin(delivery, job, at);
            var answer = job is null ? Receiver.Answer.Unwritten : await TryAsync(delivery, job, at, cancel.Token, stop);
            End(span, answer);
            var took = (int)time.GetElapsedTime(began).TotalMilliseconds;
            var made = new DeliveryTry(delivery.Tries + 1, at, answer.Status, took, answer.Body, answer.Error);
            var (next, nextAt) = After(delivery, answer);
            if (!await deliveryStore.RecordTryAsync(delivery.Id, made, next, nextAt, CancellationToken.None)) return;
            // First, so that a client that learns of this attempt can ask for the next one at once.
            Leave(delivery);
            left = true;
            Tried?.Invoke(delivery, made, next);
            log.WebhookTried(delivery.Id, delivery.Job, made.Number, made.Status, next);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (DatabaseAwayException)
        {
            // It becomes due again, because no attempt was recorded.
        }
        catch (Exception error)
        {
            log.WebhookNotRecorded(error, delivery.Id, delivery.Job);
        }
        finally
        {
            if (!left) Leave(delivery);
        }
    }

    private static Activity? Begin(Delivery delivery, Job job, DateTimeOffset at) =>
        JobTrace.Part(job, "webhook", ActivityKind.Client, at)?
        .SetTag("rushes.delivery.id", delivery.Id).SetTag("rushes.try", delivery.Tries + 1).SetTag("rushes.host", delivery.Host);

    private static void End(Activity? span, Receiver.Answer answer)
    {
        span?.SetTag("http.response.status_code", answer.Status);
        if (answer.Status is not (>= 200 and < 300)) span.Fail(answer.Status is { } status ? $"{status}" : "no_answer");
    }

    private async Task<Receiver.Answer> TryAsync(
        Delivery delivery, Job job, DateTimeOffset at, CancellationToken cancel, CancellationToken stop)
    {
        try
        {
            if (await WriteAsync(delivery, job, cancel) is not { } message) return Receiver.Answer.Unwritten;

            var id = string.Create(CultureInfo.InvariantCulture, $"msg_{delivery.Id}");
            return await receiver.PostAsync(
                delivery.Url, message, signatures.Standard(delivery.Account, id, at, message.Body), cancel);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Receiver.Answer { Error = $"There was no answer within {options.Timeout.TotalSeconds:0} seconds." };
        }
    }

    private async Task<Job?> FindAsync(Delivery delivery, CancellationToken cancel, CancellationToken stop)
    {
        try
        {
            return await jobStore.FindAsync(delivery.Job, cancel)
                ?? throw new InvalidDataException($"Job {delivery.Job} is gone.");
        }
        catch (Exception error) when (!stop.IsCancellationRequested && error is not DatabaseAwayException)
        {
            log.WebhookNotWritten(error, delivery.Id, delivery.Job, delivery.Dialect);
            return null;
        }
    }

    private async Task<WebhookMessage?> WriteAsync(Delivery delivery, Job job, CancellationToken cancel)
    {
        try
        {
            return await forms[delivery.Dialect].WriteAsync(job, delivery, cancel);
        }
        catch (Exception error) when (error is not (OperationCanceledException or DatabaseAwayException))
        {
            log.WebhookNotWritten(error, delivery.Id, delivery.Job, delivery.Dialect);
            return null;
        }
    }

    private (DeliveryState Next, DateTimeOffset? At) After(Delivery delivery, Receiver.Answer answer)
    {
        if (answer.Status is >= 200 and < 300) return (DeliveryState.Delivered, null);
        if (answer.Status == 410) return (DeliveryState.Stopped, null);
        // The next report of progress says more.
        if (delivery.Event == WebhookEvents.Progress) return (DeliveryState.Failed, null);
        return RetrySchedule.Wait(delivery.RunTries + 1, answer.RetryAfter, Random.Shared.NextDouble()) is { } wait
            ? (DeliveryState.Pending, time.GetUtcNow() + wait)
            : (DeliveryState.Failed, null);
    }
}

public sealed record DeliveryOptions
{
    /// <summary>Maximum deliveries at once, 1 to 1000. Default 64.</summary>
    public int AtOnce { get; init; } = 64;

    /// <summary>Maximum deliveries of one account at once: a quarter of <see cref="AtOnce"/>, but at least one.</summary>
    public int PerAccount => Math.Max(1, AtOnce / 4);

    /// <summary>Time limit of an attempt, from connecting to the response, 1 to 60 s. Default 15 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);
}
