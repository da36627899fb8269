using System.Runtime.InteropServices;

namespace Rushes.Server;

/// <summary>
/// Keeps other programs of the same user, such as an engine that was taken over, from reading the environment and the memory of
/// this process, which contain keys and passwords.
/// </summary>
public static class PrivateProcess
{
    /// <summary>PR_SET_DUMPABLE. The programs that this one starts are not affected.</summary>
    private const int SetDumpable = 4;

    /// <summary>The runtime's own setting; 1 keeps dumps, debuggers and the dotnet tools working.</summary>
    private const string Diagnostics = "DOTNET_EnableDiagnostics";

    public static void Protect()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Diagnostics) == "1") return;
        _ = prctl(SetDumpable, 0, 0, 0, 0);
        // The runtime gives dumps, traces and the environment to every program that connects to these.
        foreach (var kind in (string[])["dotnet-diagnostic", "clr-debug-pipe"])
        {
            foreach (var port in Directory.EnumerateFiles(Path.GetTempPath(), $"{kind}-{Environment.ProcessId}-*"))
                File.Delete(port);
        }
    }

    [DllImport("libc")]
    private static extern int prctl(int option, ulong value, ulong unused2, ulong unused3, ulong unused4);
}
