using System.Diagnostics;
using Rushes.Programs;

namespace Rushes.Media;

/// <summary>
/// A running <c>Rushes.Pictures</c> that reads one picture after another. Starting the runtime and the library takes longer
/// than decoding most pictures.
/// </summary>
internal sealed class ImageProcess : IDisposable
{
    /// <summary>The argument that makes the program read pictures until its input ends.</summary>
    internal const string Argument = "serve";

    /// <summary>Memory that the library loses is freed after so many pictures.</summary>
    private const int MaxImages = 100;

    private readonly Process process;
    private readonly OutputTail errors = new();
    private readonly Task errorsRead;
    private readonly LineReader verdicts;
    private int images;

    private ImageProcess(Process process) => (this.process, errorsRead, verdicts) =
        (process, errors.ReadAsync(process.StandardError), new LineReader(process.StandardOutput));

    /// <summary>Whether it can read another picture.</summary>
    public bool IsUsable => images < MaxImages && !process.HasExited;

    /// <param name="memory">Maximum bytes of memory.</param>
    public static ImageProcess Start(long memory) =>
        new(ChildProcess.Start(ImageHost.CommandFor([Argument], Timeout.InfiniteTimeSpan, memory) with { KeepsInput = true }));

    /// <param name="arguments">As for a process of its own; one line each.</param>
    /// <returns>The exit code 0 with the verdict, or the end of the process.</returns>
    public async Task<Exit> ReadAsync(IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancel)
    {
        images++;
        using var patience = new CancellationTokenSource(limit);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        using var kill = either.Token.Register(Kill);
        string? verdict = null;
        try
        {
            await process.StandardInput.WriteAsync(string.Join('\n', arguments) + "\n\n");
            await process.StandardInput.FlushAsync(CancellationToken.None);
            verdict = await verdicts.ReadAsync();
        }
        catch (IOException)
        {
            // It ended before it read the arguments.
        }
        cancel.ThrowIfCancellationRequested();
        if (verdict is not null) return new Exit(0, verdict, "", TimedOut: false);
        await process.WaitForExitAsync(CancellationToken.None);
        await errorsRead;
        return new Exit(process.ExitCode, "", $"{errors}", patience.IsCancellationRequested);
    }

    /// <summary>Ends the process.</summary>
    public void Dispose()
    {
        Kill();
        process.Dispose();
    }

    private void Kill()
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has exited already.
        }
    }
}
