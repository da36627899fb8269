using System.ComponentModel;
using System.Globalization;
using Rushes.Jobs;
using Rushes.Programs;

namespace Rushes.Engines;

/// <summary>The GPU that renders videos.</summary>
/// <param name="Name">The name from its driver, such as <c>NVIDIA GeForce RTX 4090</c>; of several, the first one and their
/// number.</param>
/// <param name="Megabytes">The memory of one.</param>
public sealed record Gpu(string Name, long Megabytes)
{
    public string Name { get; init => field = BoundedText.Line(value, 100); } = BoundedText.Line(Name, 100);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Asks <c>nvidia-smi</c>; null if there is none, or no such GPU.</summary>
    /// <param name="index">As nvidia-smi numbers them, several separated by commas; null for all.</param>
    public static async Task<Gpu?> FindAsync(string? index, CancellationToken cancel)
    {
        string[] which = index is null ? [] : [$"--id={index}"];
        var ask = new Command(
            "nvidia-smi", ["--query-gpu=name,memory.total", "--format=csv,noheader,nounits", .. which]) { Limit = Patience };
        try
        {
            // A driver that hangs counts as none.
            return await ChildProcess.RunAsync(ask, null, cancel) is { Ok: true } exit ? Parse(exit.Output) : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Lines of <c>name, megabytes</c>.</summary>
    internal static Gpu? Parse(string lines)
    {
        var all = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(Line)
            .OfType<Gpu>()
            .ToList();
        return all.Count switch
        {
            0 => null,
            1 => all[0],
            _ => all[0] with { Name = $"{all[0].Name} ×{all.Count}" },
        };
    }

    private static Gpu? Line(string line)
    {
        var comma = line.LastIndexOf(',');
        return comma > 0
            && long.TryParse(line.AsSpan(comma + 1), NumberStyles.Integer, CultureInfo.InvariantCulture, out var megabytes)
            ? new Gpu(line[..comma].Trim(), megabytes)
            : null;
    }
}
