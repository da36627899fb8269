namespace Rushes.Tests.Faults.Run;

/// <summary>A job from the view of its client.</summary>
/// <param name="Key">The idempotency key that it is sent with, however often.</param>
/// <param name="CalledBack">Whether its end is to be told.</param>
internal sealed record Order(string Key, string Model, object Input, bool CalledBack)
{
    /// <summary>The id; null until the job is acknowledged.</summary>
    public string? Id { get; set; }

    /// <summary>The number of requests until one was answered.</summary>
    public int Sends { get; set; }

    /// <summary>A gateway confirmed that it was cancelled before a worker claimed it.</summary>
    public bool Cancelled { get; set; }

    /// <summary>The first final state that a gateway reported.</summary>
    public string? End { get; set; }
}
