using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Webhooks;

/// <summary>
/// Empties the outbox: woken by each commit that filled it and by the time of the next retry, it posts many deliveries at
/// once, few to one host, and records every try. What it posted and could not record it posts again, under the same
/// <c>webhook-id</c>: at least once.
/// </summary>
/// <param name="http">Reaches only addresses that may be reached, and follows no redirects.</param>
public sealed class Deliverer(
    IJobStore jobStore, IDeliveryStore deliveryStore, CommitFollowers followers, Signatures signatures,
    IEnumerable<IWebhookForm> forms, HttpClient http, DeliveryOptions options, TimeProvider time,
    ILogger<Deliverer> log)
{
    /// <summary>How long a broken database is left alone.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, IWebhookForm> forms = forms.ToDictionary(form => form.Dialect, StringComparer.Ordinal);
    private readonly Receiver receiver = new(http, time);
    private readonly Channel<bool> bell = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock gate = new();
    private readonly Dictionary<long, string> hosts = [];
    private readonly List<Task> underWay = [];

    /// <summary>
    /// Told of each try once it is recorded, with what the delivery became. The receiver must be quick; any thread may tell.
    /// </summary>
    public event Action<Delivery, DeliveryTry, DeliveryState>? Tried;

    /// <summary>Delivers until <paramref name="stop"/>, which also drops what is under way: it is posted again later.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await using var alarm = time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using var following = followers.AddDeliveries("webhook deliveries", Ring);
        // For what was pending when the program last stopped.
        Ring();
        try
        {
            await foreach (var _ in bell.Reader.ReadAllAsync(stop)) Set(alarm, await SendDueAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
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
        // It may have become late while the alarm was set.
        if (time.GetUtcNow() >= next) Ring();
    }

    /// <summary>Begins to send what is due and there is room for; gives when the next falls due.</summary>
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
            // That the database is away it says itself, once.
            if (error is not DatabaseAwayException) log.OutboxUnread(error);
            return time.GetUtcNow() + Pause;
        }
    }

    private DeliveryClaim Claim()
    {
        // Twice what a try may take: nobody else has it meanwhile, and after a crash it is not long until it goes on.
        var until = time.GetUtcNow() + 2 * options.Timeout;
        lock (gate)
            return new DeliveryClaim(
                until, options.AtOnce - hosts.Count, options.PerHost,
                hosts.Values.CountBy(host => host).ToDictionary(StringComparer.Ordinal));
    }

    // False: asked for anew while it is on its way already; the try that is made decides what comes next.
    private bool Enter(Delivery delivery)
    {
        lock (gate) return hosts.TryAdd(delivery.Id, delivery.Host);
    }

    private void Leave(Delivery delivery)
    {
        lock (gate) hosts.Remove(delivery.Id);
        Ring();
    }

    private async Task SendAsync(Delivery delivery, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
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
            Tried?.Invoke(delivery, made, next);
            log.WebhookTried(delivery.Id, delivery.Job, made.Number, made.Status, next);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (DatabaseAwayException)
        {
            // It falls due again: nobody noted that it was tried.
        }
        catch (Exception error)
        {
            log.WebhookNotRecorded(error, delivery.Id, delivery.Job);
        }
        finally
        {
            Leave(delivery);
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
        return RetrySchedule.Wait(delivery.RunTries + 1, answer.RetryAfter, Random.Shared.NextDouble()) is { } wait
            ? (DeliveryState.Pending, time.GetUtcNow() + wait)
            : (DeliveryState.Failed, null);
    }
}
