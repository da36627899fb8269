namespace Rushes.Media;

/// <summary>
/// Decides when a decoder may run. The number of decoders and the memory for large files are limited, and accounts take turns,
/// so that one with many or large files does not delay the others.
/// </summary>
public sealed class InspectionSlots
{
    private readonly InspectionSlotOptions options;
    private readonly Lock gate = new();
    private readonly Dictionary<int, Account> accounts = [];
    private readonly LinkedList<Account> turns = [];
    private int running;
    private int largeRunning;
    private long largeBytes;

    public InspectionSlots(InspectionSlotOptions? options = null) => this.options = options ?? new();

    /// <summary>The maximum memory of a decoder whose file does not count as large.</summary>
    public long SmallBytes => options.LargeBytes - 1;

    /// <summary>Waits for a slot, which the caller disposes when its decoder has ended.</summary>
    /// <param name="bytes">Memory that the decoder needs; capped at all memory for large files.</param>
    /// <returns>Null if too many files of the account are waiting.</returns>
    public async Task<IDisposable?> EnterAsync(int account, long bytes, CancellationToken cancel)
    {
        var slot = new Slot(this, Math.Min(bytes, options.Memory), bytes >= options.LargeBytes);
        LinkedListNode<Slot> place;
        lock (gate)
        {
            var own = AccountOf(account);
            if (own.Waiting.Count >= options.MaxWaiting) return null;
            place = own.Waiting.AddLast(slot);
            if (own.Turn.List is null) turns.AddLast(own.Turn);
            StartAll();
        }
        await using (cancel.Register(() => GiveUp(account, place, cancel))) await slot.Started.Task;
        return slot;
    }

    private Account AccountOf(int id)
    {
        if (!accounts.TryGetValue(id, out var account)) accounts[id] = account = new Account(id);
        return account;
    }

    private void StartAll()
    {
        var largeWaits = false;
        for (var node = turns.First; node is not null && running < options.Slots;)
        {
            var account = node.Value;
            var slot = account.Waiting.First!.Value;
            if (!slot.IsLarge || (!largeWaits && FitsLarge(slot)))
            {
                Start(account, slot);
                // The account had its turn; the others come first.
                (node, largeWaits) = (turns.First, false);
            }
            else
            {
                // Large files start in order; otherwise the largest could wait forever.
                largeWaits = true;
                node = node.Next;
            }
        }
    }

    /// <summary>One slot is reserved for small files, which finish soon.</summary>
    private bool FitsLarge(Slot slot) => largeRunning < options.Slots - 1 && largeBytes + slot.Bytes <= options.Memory;

    private void Start(Account account, Slot slot)
    {
        account.Waiting.RemoveFirst();
        turns.Remove(account.Turn);
        if (account.Waiting.Count > 0) turns.AddLast(account.Turn);
        else accounts.Remove(account.Id);
        Count(slot, 1);
        slot.Started.SetResult();
    }

    private void Count(Slot slot, int change)
    {
        running += change;
        if (!slot.IsLarge) return;
        largeRunning += change;
        largeBytes += change * slot.Bytes;
    }

    private void GiveUp(int id, LinkedListNode<Slot> place, CancellationToken cancel)
    {
        lock (gate)
        {
            if (place.List is null) return;
            var account = accounts[id];
            account.Waiting.Remove(place);
            if (account.Waiting.Count == 0)
            {
                turns.Remove(account.Turn);
                accounts.Remove(id);
            }
            place.Value.Started.SetCanceled(cancel);
            StartAll();
        }
    }

    private void Leave(Slot slot)
    {
        lock (gate)
        {
            Count(slot, -1);
            StartAll();
        }
    }

    private sealed class Account
    {
        public Account(int id) => (Id, Turn) = (id, new LinkedListNode<Account>(this));

        public int Id { get; }

        public LinkedList<Slot> Waiting { get; } = [];

        /// <summary>The account's node in the list of waiting accounts.</summary>
        public LinkedListNode<Account> Turn { get; }
    }

    private sealed class Slot(InspectionSlots all, long bytes, bool isLarge) : IDisposable
    {
        private bool left;

        public long Bytes => bytes;

        public bool IsLarge => isLarge;

        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Dispose()
        {
            if (left) return;
            left = true;
            all.Leave(this);
        }
    }
}

public sealed record InspectionSlotOptions
{
    /// <summary>The maximum of decoders at once, at least 2. Default: one for each core.</summary>
    public int Slots { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>
    /// The maximum memory of all decoders of large files. Default: a quarter of the machine's memory, 512 MB to 4 GB.
    /// </summary>
    public long Memory { get; init; } = Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4, 512L << 20, 4L << 30);

    /// <summary>A file that needs this many bytes of memory is large. Default 128 MB.</summary>
    public long LargeBytes { get; init; } = 128L << 20;

    /// <summary>The maximum of waiting files per account; more are rejected. Default 64.</summary>
    public int MaxWaiting { get; init; } = 64;
}
