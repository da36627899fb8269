namespace Rushes.Database.Postgres;

/// <summary>How times are written.</summary>
internal static class Milliseconds
{
    extension(DateTimeOffset time)
    {
        /// <summary>UTC, cut to the millisecond: what comes back is what was written.</summary>
        public DateTimeOffset ToMilliseconds() => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
    }
}
