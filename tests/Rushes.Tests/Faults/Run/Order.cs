namespace Rushes.Tests.Faults.Run;

/// <summary>What a client wants made, and all it knows of it.</summary>
/// <param name="Key">The idempotency key that it is sent with, however often.</param>
/// <param name="CalledBack">Whether its end is to be told.</param>
internal sealed record Order(string Key, string Model, object Input, bool CalledBack)
{
    /// <summary>As it was acknowledged; null while it was not.</summary>
    public string? Id { get; set; }

    /// <summary>How often it was sent until it was answered.</summary>
    public int Sends { get; set; }

    /// <summary>It was said to be cancelled, before any worker had it.</summary>
    public bool Cancelled { get; set; }

    /// <summary>The first end that a gateway told of.</summary>
    public string? End { get; set; }
}
