using System.Runtime.InteropServices;

namespace Rushes.Server.Auth;

/// <summary>A SHA-256 to look things up by. It is compared as it is: who could choose one has broken SHA-256.</summary>
internal readonly record struct KeyHash(ulong A, ulong B, ulong C, ulong D)
{
    public static KeyHash Of(ReadOnlySpan<byte> hash) => MemoryMarshal.Read<KeyHash>(hash);
}
