using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Rushes.Engines.Process;
using Rushes.Jobs;

namespace Rushes.Engines.SdServer;

/// <summary>The state of a server, for a job that waits for it.</summary>
internal abstract record ServerState
{
    private ServerState() { }

    public sealed record Ready(Uri Address, ProcessGroup Group) : ServerState;

    /// <summary>The last start failed; the server is being restarted.</summary>
    /// <param name="Reason">For the operator.</param>
    public sealed record Broken(JobError Error, string Reason) : ServerState;
}

/// <summary>
/// One resident server on one GPU: started, watched, and restarted whenever it ends, after longer pauses if it fails to
/// start.
/// </summary>
internal sealed class SdServerChild : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1), MaxPause = TimeSpan.FromMinutes(1);

    private readonly ProgramRecipe recipe;
    private readonly string gpu;
    private readonly string folder;
    private readonly HttpClient http;
    private readonly TimeSpan grace;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly Action<string> lost;
    private readonly CancellationTokenSource closing = new();
    private readonly Lock gate = new();
    private readonly Task keeping;
    private TaskCompletionSource<ServerState> state = NewState();
    private ProcessGroup? current;
    private Fault? fault;
    private string? help;
    private bool wanted;

    /// <param name="lost">Called with the reason when a ready server stops being ready.</param>
    public SdServerChild(
        ProgramRecipe recipe, string gpu, string folder, HttpClient http, TimeSpan grace, TimeProvider clock, ILogger log,
        Action<string> lost)
    {
        (this.recipe, this.gpu, this.folder, this.http, this.grace, this.clock, this.log, this.lost) =
            (recipe, gpu, folder, http, grace, clock, log, lost);
        keeping = Task.Run(KeepAsync);
    }

    /// <summary>Called with every line that the server prints, for the running job.</summary>
    public Action<OutputLine>? Listener { get; set; }

    /// <summary>The texts of its current or last job, which must not be logged.</summary>
    public RequestWords Words { get; set; } = RequestWords.None;

    public bool IsReady
    {
        get
        {
            lock (gate) return state.Task is { IsCompletedSuccessfully: true, Result: ServerState.Ready };
        }
    }

    /// <summary>Waits until the server is ready, or a start has failed.</summary>
    public Task<ServerState> ReadyAsync(CancellationToken cancel)
    {
        lock (gate) return state.Task.WaitAsync(cancel);
    }

    /// <summary>
    /// Kills the server, the only way to stop its job, and starts a new one. Completes when the old one has ended.
    /// </summary>
    public async Task RestartAsync()
    {
        ProcessGroup? group;
        lock (gate)
        {
            wanted = true;
            if (state.Task.IsCompleted) state = NewState();
            group = current;
        }
        lost($"{ProgramCheck.Named(recipe)} is started again to stop a job");
        if (group is not null) await group.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await keeping;
        closing.Dispose();
    }

    private async Task KeepAsync()
    {
        var pause = TimeSpan.Zero;
        while (!closing.IsCancellationRequested)
        {
            try
            {
                pause = await RunOnceAsync(pause);
            }
            catch (OperationCanceledException) when (closing.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error)
            {
                log.ServerStumbled(error, recipe.Name, gpu);
                pause = Longer(pause);
                var reason = $"{ProgramCheck.Named(recipe)} cannot be started: {error.Message}";
                Settle(Broken(reason));
                lost(reason);
            }
            await Task.Delay(pause, clock, closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        Settle(Broken("the gateway is stopping"));
    }

    /// <summary>Runs the server once. Returns the pause before the next start.</summary>
    private async Task<TimeSpan> RunOnceAsync(TimeSpan pause)
    {
        if (ProgramCheck.Missing(recipe) is { } missing)
        {
            Settle(Broken(missing));
            await Task.Delay(Longer(pause), clock, closing.Token);
            Renew();
            return TimeSpan.Zero;
        }
        fault = null;
        if (help is null && recipe.IfSupported.Count > 0)
        {
            var (reason, printed) = await ProgramCheck.StartAsync(recipe, folder, clock, closing.Token);
            if (reason is null) help = printed;
        }
        var port = FreePort();
        var address = new Uri($"http://127.0.0.1:{port}/");
        Directory.CreateDirectory(folder);
        var group = ProcessGroup.Start(StartOf(port), Read, grace, clock);
        lock (gate) (current, wanted) = (group, false);
        try
        {
            var ready = await BecomesReadyAsync(group, address);
            if (ready) log.ServerReady(recipe.Name, gpu, address);
            Settle(ready ? new ServerState.Ready(address, group) : NotStarted(group));
            if (ready) await ((Task)group.Ended).WaitAsync(closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            await group.StopAsync();
        }

        var code = await group.Ended;
        lock (gate)
        {
            var came = state.Task is { IsCompletedSuccessfully: true, Result: ServerState.Ready };
            if (state.Task.IsCompleted) state = NewState();
            pause = wanted ? TimeSpan.Zero : came ? FirstPause : Longer(pause);
            if (wanted) return pause;
        }
        if (closing.IsCancellationRequested) return pause;
        log.ServerEnded(recipe.Name, gpu, code, pause.TotalSeconds, Words.Hide(group.Tail));
        lost($"{ProgramCheck.Named(recipe)} ended with code {code} and is started again; the log has what it printed");
        return pause;
    }

    private async Task<bool> BecomesReadyAsync(ProcessGroup group, Uri address)
    {
        using var late = new CancellationTokenSource(recipe.Limits.Start, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, closing.Token);
        while (!group.Ended.IsCompleted && !stop.IsCancellationRequested && fault is null)
        {
            try
            {
                using var answer = await http.GetAsync(
                    new Uri(address, "sdcpp/v1/capabilities"), HttpCompletionOption.ResponseHeadersRead, stop.Token);
                if (answer.StatusCode == HttpStatusCode.OK) return true;
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                // It listens only after the weights are loaded.
            }
            await Task.WhenAny(group.Ended, Task.Delay(TimeSpan.FromMilliseconds(200), clock, stop.Token));
        }
        closing.Token.ThrowIfCancellationRequested();
        return false;
    }

    private void Read(OutputLine line)
    {
        Listener?.Invoke(line);
        // Once it is ready it may survive a fault, and reports it itself.
        if (fault is not null || IsReady || recipe.Faults.FirstOrDefault(known => known.Line.IsMatch(line.Text)) is not { } found)
            return;
        fault = found;
        _ = current?.StopAsync();
    }

    private ServerState.Broken NotStarted(ProcessGroup group) => fault is { } known
        ? new(known.Error, $"{ProgramCheck.Named(recipe)} does not start: {known.Message.TrimEnd('.')}")
        : Broken($"{ProgramCheck.Named(recipe)} does not start{ProgramCheck.Last(group.Tail)}");

    private ServerState.Broken Broken(string reason) =>
        new(new JobError("engine_failed", $"The server {recipe.Name} did not start; it is tried again."), reason);

    private void Renew()
    {
        lock (gate)
            if (state.Task.IsCompleted) state = NewState();
    }


    private void Settle(ServerState now)
    {
        lock (gate) state.TrySetResult(now);
    }

    private ProgramStart StartOf(int port)
    {
        string? Value(string place) => place switch { "port" => $"{port}", "gpu" => gpu, "job" => folder, _ => null };
        var environment = recipe.Environment.ToDictionary(pair => pair.Key, pair => Template.Fill(pair.Value, Value));
        if (gpu.Length > 0) environment["CUDA_VISIBLE_DEVICES"] = gpu;
        return new ProgramStart(
            recipe.Program, Argument.Fill(recipe.ArgumentsFor(help ?? ""), Value), recipe.Folder ?? folder,
            folder) { Environment = environment, PassEnvironment = recipe.PassEnvironment, Home = recipe.Home };
    }

    private static TimeSpan Longer(TimeSpan pause) =>
        pause == TimeSpan.Zero ? FirstPause : pause * 2 < MaxPause ? pause * 2 : MaxPause;

    /// <summary>Free a moment ago; if another program takes it, the server ends and the next start uses another.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static TaskCompletionSource<ServerState> NewState() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
