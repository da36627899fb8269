using System.Globalization;

namespace Rushes.Tests.Faults;

/// <summary>
/// An engine whose program says that it runs and draws its video when it may: its job runs for as long as a test needs it to,
/// however slow the machine is.
/// </summary>
internal sealed class WaitingEngine(TempFolder folder)
{
    /// <summary>The value of <c>--engine</c>.</summary>
    public async Task<string> WriteAsync(CancellationToken cancel)
    {
        await File.WriteAllTextAsync(folder["draw.sh"], $$"""
            echo $$ >'{{folder["pid"]}}'
            until [ -e '{{folder["go"]}}' ]; do sleep 0.1; done
            exec ffmpeg -v error -nostdin -y -f lavfi -i testsrc2=s=512x512:r=16 -frames:v 8 -c:v libx264 -pix_fmt yuv420p "$1"
            """, cancel);
        await File.WriteAllTextAsync(folder["engine.json"], $$"""
            {
              "gpus": [],
              "programs": { "wait": {
                "serves": ["wan22-fast-t2v"], "program": "bash", "arguments": ["{{folder["draw.sh"]}}", "{output}"]
              } }
            }
            """, cancel);
        return $"process={folder["engine.json"]}";
    }

    /// <summary>Lets every run draw.</summary>
    public Task GoAsync(CancellationToken cancel) => File.WriteAllTextAsync(folder["go"], "", cancel);

    /// <summary>Waits until its program runs, and gives the program's process.</summary>
    public async Task<int> ProgramAsync(CancellationToken cancel)
    {
        var pid = await Eventually.ReadAsync(
            async () => File.Exists(folder["pid"]) ? await File.ReadAllTextAsync(folder["pid"], cancel) : "",
            text => text.EndsWith('\n'), cancel);
        return int.Parse(pid, CultureInfo.InvariantCulture);
    }

    public static bool IsRunning(int program)
    {
        try
        {
            return !File.ReadAllText($"/proc/{program}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
