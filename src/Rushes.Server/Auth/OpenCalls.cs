using Rushes.Accounts;

namespace Rushes.Server.Auth;

/// <summary>
/// The calls that are open now, streams and long polls. Each ends when its key is revoked or expires, its account is
/// suspended, or its console session ends. The streams of an account are counted.
/// </summary>
internal sealed class OpenCalls(KeyRing keys, ConsoleSessions sessions, int maxStreams, TimeProvider clock)
{
    /// <summary>The retry time for clients; it is not known when the account closes a stream.</summary>
    public static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly HashSet<OpenCall> calls = [];
    private readonly Dictionary<int, int> streams = [];

    public int MaxStreams => maxStreams;

    /// <summary>Returns null if the account has its maximum of streams open.</summary>
    public OpenCall? TryOpen(Caller caller, ConsoleSession? session, bool isStream)
    {
        var call = new OpenCall(this, caller, session, isStream, clock);
        lock (gate)
        {
            var count = streams.GetValueOrDefault(caller.Account);
            if (isStream && count >= maxStreams)
            {
                call.Forget();
                return null;
            }

            if (isStream) streams[caller.Account] = count + 1;
            calls.Add(call);
        }

        // Checked after it was added: later changes of the key find it in the list, earlier ones are found here.
        if (!keys.IsGood(caller.Key) || session is not null && !sessions.Holds(session)) call.End();
        else call.EndAt(Earlier(keys.EndOf(caller.Key), session?.ExpiresAt));
        return call;
    }

    /// <summary>Call it after the <see cref="KeyRing"/> applied the change.</summary>
    public void Apply(ApiKey key)
    {
        foreach (var call in Find(call => call.Caller.Key == key.Id))
            if (key.RevokedAt is not null) call.End();
            else call.EndAt(Earlier(key.ExpiresAt, call.Session?.ExpiresAt));
    }

    /// <summary>Call it after the <see cref="AccountDirectory"/> applied the change.</summary>
    public void Apply(Account account)
    {
        if (!account.Suspended) return;
        foreach (var call in Find(call => call.Caller.Account == account.Id)) call.End();
    }

    /// <summary>Call it after <see cref="ConsoleSessions"/> applied the change.</summary>
    public void Apply(ConsoleSession session)
    {
        if (!session.Ended) return;
        foreach (var call in Find(call => call.Session is { } own && own.Hash.AsSpan().SequenceEqual(session.Hash))) call.End();
    }

    public void Close(OpenCall call)
    {
        lock (gate)
        {
            if (!calls.Remove(call) || !call.IsStream) return;
            if (--streams[call.Caller.Account] == 0) streams.Remove(call.Caller.Account);
        }
    }

    private List<OpenCall> Find(Func<OpenCall, bool> which)
    {
        lock (gate) return [.. calls.Where(which)];
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other < one ? other : one;
}

/// <summary>A call that stays open.</summary>
internal sealed class OpenCall : IDisposable
{
    /// <summary>Timers support at most a few days more; later ends are irrelevant for a stream.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromDays(40);

    private readonly CancellationTokenSource ended = new();
    private readonly OpenCalls all;
    private readonly TimeProvider clock;
    private readonly ITimer timer;

    public OpenCall(OpenCalls all, Caller caller, ConsoleSession? session, bool isStream, TimeProvider clock)
    {
        (this.all, Caller, Session, IsStream, this.clock) = (all, caller, session, isStream, clock);
        Ended = ended.Token;
        timer = clock.CreateTimer(_ => End(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Caller Caller { get; }

    public ConsoleSession? Session { get; }

    public bool IsStream { get; }

    public CancellationToken Ended { get; }

    /// <summary>Cancels on another thread, so that the waiting call does not block the caller.</summary>
    public void End() => _ = ended.CancelAsync();

    public void EndAt(DateTimeOffset? at)
    {
        if (at is not { } end) return;
        var wait = end - clock.GetUtcNow();
        timer.Change(wait <= TimeSpan.Zero ? TimeSpan.Zero : wait < MaxWait ? wait : MaxWait, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        all.Close(this);
        Forget();
    }

    /// <summary>The source is not disposed, because it may be being cancelled; it has no unmanaged resources.</summary>
    public void Forget() => timer.Dispose();
}
