using System.Runtime.InteropServices;

namespace Rushes.Server.Auth;

/// <summary>A SHA-256 as a dictionary key. It needs no comparison in constant time, because hashes cannot be chosen.</summary>
internal readonly record struct KeyHash(ulong A, ulong B, ulong C, ulong D)
{
    public static KeyHash Of(ReadOnlySpan<byte> hash) => MemoryMarshal.Read<KeyHash>(hash);
}
