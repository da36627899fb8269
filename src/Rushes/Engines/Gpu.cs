using System.ComponentModel;
using System.Globalization;
using Rushes.Jobs;
using Rushes.Programs;

namespace Rushes.Engines;

/// <summary>What videos are drawn on.</summary>
/// <param name="Name">As its driver names it, such as <c>NVIDIA GeForce RTX 4090</c>; of several, the first and how many.</param>
/// <param name="Megabytes">Memory of one.</param>
public sealed record Gpu(string Name, long Megabytes)
{
    public string Name { get; init => field = BoundedText.Line(value, 100); } = BoundedText.Line(Name, 100);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Asks <c>nvidia-smi</c>; null where there is none, or no such GPU.</summary>
    /// <param name="index">As it numbers them, several after commas; null for all.</param>
    public static async Task<Gpu?> FindAsync(string? index, CancellationToken cancel)
    {
        string[] which = index is null ? [] : [$"--id={index}"];
        var ask = new Command(
            "nvidia-smi", ["--query-gpu=name,memory.total", "--format=csv,noheader,nounits", .. which]) { Limit = Patience };
        try
        {
            // A driver that hangs names nothing.
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
