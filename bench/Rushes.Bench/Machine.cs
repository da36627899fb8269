using System.Runtime.InteropServices;

namespace Rushes.Bench;

internal static class Machine
{
    /// <summary>Processor, cores, memory, operating system and file system, in one line.</summary>
    public static string Describe()
    {
        var processor = Find("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        var kilobytes = Find("/proc/meminfo", "MemTotal")?.Split(' ')[0] ?? "0";
        var memory = double.Parse(kilobytes, System.Globalization.CultureInfo.InvariantCulture) / (1 << 20);
        var disk = new DriveInfo(Folders.Repository).DriveFormat;
        var cores = Environment.ProcessorCount;
        return FormattableString.Invariant(
            $"{processor}, {cores} cores, {memory:0} GB of memory, Linux {Environment.OSVersion.Version}, {disk}");
    }

    private static string? Find(string file, string name)
    {
        if (!File.Exists(file)) return null;
        var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line?.Split(':', 2)[1].Trim();
    }
}
