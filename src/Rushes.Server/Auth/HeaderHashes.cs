using System.Runtime.CompilerServices;

namespace Rushes.Server.Auth;

/// <summary>The hashes of the keys in recent headers: hashing a key takes 1 µs of a status's 16 (see bench/notes).</summary>
/// <remarks>
/// The server keeps the text of a header for the next request of the connection if that sends the same bytes. Only this text
/// itself is found again, never an equal one, so that the time of a search reveals nothing about keys.
/// </remarks>
internal sealed class HeaderHashes
{
    private readonly Entry?[] recent = new Entry?[1024];

    public KeyHash? Find(string header) =>
        recent[PlaceOf(header)] is { } entry && ReferenceEquals(entry.Header, header) ? entry.Hash : null;

    public void Add(string header, KeyHash hash) => recent[PlaceOf(header)] = new Entry(header, hash);

    private int PlaceOf(string header) => RuntimeHelpers.GetHashCode(header) & (recent.Length - 1);

    private sealed record Entry(string Header, KeyHash Hash);
}
