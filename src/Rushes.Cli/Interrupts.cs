using System.Runtime.InteropServices;

namespace Rushes.Cli;

/// <summary>The answer of a user who pressed Ctrl+C while a job is followed.</summary>
internal enum InterruptChoice
{
    Continue,
    Cancel,

    /// <summary>Exit and leave the job running.</summary>
    Detach,
}

/// <summary>Handles Ctrl+C with a question instead of exiting.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly PosixSignalRegistration interrupt;
    private readonly PosixSignalRegistration terminate;
    private volatile CancellationTokenSource next = new();
    private volatile bool terminated;

    public Interrupts()
    {
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Take(signal, terminates: false));
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Take(signal, terminates: true));
    }

    /// <summary>Cancelled by the next signal.</summary>
    public CancellationToken Next => next.Token;

    /// <summary>Asks the user after a signal; without a terminal, detaches.</summary>
    public async Task<InterruptChoice> AskAsync(string job)
    {
        // This call handles the signal; the next signal needs a new source. The old one may still be in use.
        next = new CancellationTokenSource();
        if (terminated || Console.IsInputRedirected || Console.IsErrorRedirected) return InterruptChoice.Detach;
        await Console.Error.WriteAsync($"\nCancel job {job}? [y/N; Ctrl+C exits and leaves it running] ");
        var key = Task.Run(() => Console.ReadKey(intercept: true).Key);
        var again = new TaskCompletionSource();
        using var signal = Next.Register(again.SetResult);
        var answer = await Task.WhenAny(key, again.Task) == key
            ? await key == ConsoleKey.Y
            ? InterruptChoice.Cancel
            : InterruptChoice.Continue
            : InterruptChoice.Detach;
        await Console.Error.WriteLineAsync();
        return answer;
    }

    public void Dispose()
    {
        interrupt.Dispose();
        terminate.Dispose();
    }

    private void Take(PosixSignalContext signal, bool terminates)
    {
        signal.Cancel = true;
        if (terminates) terminated = true;
        next.Cancel();
    }
}
