using Rushes.Database;

namespace Rushes.Tests;

/// <summary>A sweep by a gateway that could be heard all the time.</summary>
internal static class Sweeps
{
    extension(ILeaseStore leases)
    {
        public Task<int> SweepAsync(DateTimeOffset now, CancellationToken cancel) => leases.SweepAsync(now, now, cancel);
    }
}
