using Rushes.Database;

namespace Rushes.Tests;

/// <summary>A sweep by a gateway that could be heard all the time.</summary>
internal static class Sweeps
{
    extension(ILeaseStore leases)
    {
        /// <summary>Returns how many jobs changed.</summary>
        public async Task<int> SweepAsync(DateTimeOffset now, CancellationToken cancel)
        {
            var missed = await leases.SweepAsync(now, now, cancel);
            return missed.Leases + missed.Others;
        }
    }
}
