using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Database;

namespace Rushes.Intake;

/// <summary>Checks the storage limit of an account's plan. Without a limit it reads nothing from the counts.</summary>
public sealed class StorageQuota(AccountDirectory accounts, IFileCounts counts)
{
    /// <summary>The error code.</summary>
    public const string Code = "storage_full";

    /// <summary>Null if <paramref name="bytes"/> more can be stored. With 0: null if the limit is not reached.</summary>
    /// <param name="replaced">The size of a stored file that they replace.</param>
    public async Task<Problem?> CheckAsync(int account, long bytes, CancellationToken cancel, long replaced = 0) =>
        await ReadRoomAsync(account, cancel, replaced) is { } room && (room.Bytes == 0 || bytes > room.Bytes) ? room.Full : null;

    /// <summary>What can still be stored; null if the plan has no limit.</summary>
    /// <param name="replaced">The size of a stored file that is replaced.</param>
    public async Task<StorageRoom?> ReadRoomAsync(int account, CancellationToken cancel, long replaced = 0)
    {
        if (accounts.PlanOf(account) is not { MaxStoredBytes: { } most } plan) return null;
        var stored = await counts.ReadStoredBytesAsync(account, cancel);
        return new StorageRoom(Math.Max(0, most - (stored - replaced)), Full(plan, most, stored));
    }

    /// <summary>
    /// Checks again after files were stored and counted. Concurrent requests can all pass the first check; here the last of them
    /// exceed the limit, and their files are deleted.
    /// </summary>
    public async Task<Problem?> CheckStoredAsync(int account, CancellationToken cancel)
    {
        if (accounts.PlanOf(account) is not { MaxStoredBytes: { } most } plan) return null;
        var stored = await counts.ReadStoredBytesAsync(account, cancel);
        return stored <= most ? null : Full(plan, most, stored);
    }

    /// <summary>The limit that the commit of a new job applies exactly; null for none.</summary>
    public long? LimitOf(int account) => accounts.PlanOf(account).MaxStoredBytes;

    /// <summary>The problem of a job that its commit rejected.</summary>
    public Problem Full(int account, long stored)
    {
        var plan = accounts.PlanOf(account);
        return Full(plan, plan.MaxStoredBytes ?? stored, stored);
    }

    private static Problem Full(Plan plan, long most, long stored) => new(
        ProblemKind.NotAllowed,
        $"The account has stored files and requests of {stored} bytes; the plan \"{plan.Name}\" allows {most}, and this would be "
            + "more. New jobs and uploads are rejected until jobs or files are deleted.") { Code = Code };
}

/// <summary>What an account can still store.</summary>
/// <param name="Full">The problem of more than that.</param>
public sealed record StorageRoom(long Bytes, Problem Full);
