namespace Rushes.Database.Postgres;

internal static class Milliseconds
{
    extension(DateTimeOffset time)
    {
        /// <summary>UTC, truncated to the millisecond, so that reading returns what was written.</summary>
        public DateTimeOffset ToMilliseconds() => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
    }
}
