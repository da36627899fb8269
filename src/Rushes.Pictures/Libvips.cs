using NetVips;

namespace Rushes.Pictures;

/// <summary>libvips, configured for untrusted files.</summary>
internal static class Libvips
{
    public static string Version =>
        FormattableString.Invariant($"{NetVips.NetVips.Version(0)}.{NetVips.NetVips.Version(1)}.{NetVips.NetVips.Version(2)}");

    /// <summary>Returns false if the library for this operating system and processor is missing.</summary>
    public static bool Start(out string? reason)
    {
        try
        {
            // Blocks the loaders that libvips considers untrusted; PlainImage enables the three that it uses.
            NetVips.NetVips.BlockUntrusted = true;
            NetVips.NetVips.Concurrency = 1;
            Cache.Max = 0;
            reason = null;
            return true;
        }
        catch (Exception error) when (error is TypeInitializationException or DllNotFoundException)
        {
            reason = $"libvips cannot be loaded: {error.InnerException?.Message ?? error.Message}";
            return false;
        }
    }
}
