using System.Runtime.InteropServices;

namespace Rushes.Cli;

/// <summary>What a person may want who presses Ctrl+C while a job is followed.</summary>
internal enum Wish
{
    GoOn,
    Cancel,

    /// <summary>The job goes on; nobody follows it.</summary>
    Leave,
}

/// <summary>Ctrl+C as a question instead of an end.</summary>
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

    /// <summary>Asks after a signal; with nobody to answer, the job is left.</summary>
    public async Task<Wish> AskAsync(string job)
    {
        // What was signalled is answered here; another signal counts anew. The old source may still be waited on.
        next = new CancellationTokenSource();
        if (terminated || Console.IsInputRedirected || Console.IsErrorRedirected) return Wish.Leave;
        await Console.Error.WriteAsync($"\nCancel job {job}? [y/N, Ctrl+C leaves it running] ");
        var key = Task.Run(() => Console.ReadKey(intercept: true).Key);
        var again = new TaskCompletionSource();
        using var signal = Next.Register(again.SetResult);
        var answer = await Task.WhenAny(key, again.Task) == key ? await key == ConsoleKey.Y ? Wish.Cancel : Wish.GoOn : Wish.Leave;
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
