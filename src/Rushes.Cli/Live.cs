using Rushes.Client;
using Spectre.Console;

namespace Rushes.Cli;

/// <summary>Shows a job's progress on standard error: a progress bar on a terminal, otherwise one line per change.</summary>
/// <param name="silent">Shows nothing.</param>
internal sealed class Live(Job job, bool silent)
{
    private readonly IAnsiConsole console = AnsiConsole.Create(
        new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    private string line = "";
    private JobStatus? last;
    private ProgressTask? bar;

    /// <summary>Follows the job until it ends and returns the last status.</summary>
    public async Task<JobStatus> FollowAsync(
        IAsyncEnumerable<JobStatus> statuses, Action<JobStatus>? seen, CancellationToken cancel)
    {
        if (silent || Console.IsErrorRedirected || !console.Profile.Capabilities.Ansi)
            return await RunAsync(statuses, status => { seen?.Invoke(status); Print(status); }, cancel);
        return await console.Progress().AutoClear(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
                new SpinnerColumn())
            .StartAsync(progress =>
            {
                bar = progress.AddTask(Words(null), maxValue: 1);
                return RunAsync(statuses, status =>
                {
                    seen?.Invoke(status);
                    bar.Description = Markup.Escape(Words(status));
                    bar.Value = status.Fraction;
                    bar.IsIndeterminate = status.State == JobState.Queued;
                }, cancel);
            });
    }

    /// <summary>Shows that the gateway does not respond, and that it responds again.</summary>
    public void ShowConnection(bool isConnected)
    {
        if (silent) return;
        if (bar is not null) bar.Description = isConnected ? Markup.Escape(Words(last)) : "Reconnecting…";
        else if (isConnected) Console.Error.WriteLine($"job {job.Id}: connected again");
        else Console.Error.WriteLine($"job {job.Id}: the gateway does not respond. Reconnecting…");
    }

    /// <summary>Such as <c>queued, 2 ahead, about 1:30</c>.</summary>
    public static string Words(JobStatus? status) => status switch
    {
        null => "created",
        { State: JobState.Queued, IsUnavailable: true } => "queued, no worker can run this model now",
        { State: JobState.Queued } => $"queued, {Ahead(status.QueuePosition ?? 0)}{About(status.Eta)}",
        { State: JobState.AwaitingApproval } =>
            status.DraftUrl is null ? "making the draft" : $"the draft awaits approval: {status.DraftUrl}",
        { State: JobState.Running } =>
            $"{status.TasksDone} of {Math.Max(1, status.TasksTotal)} tasks{About(status.EstimatedRun * (1 - status.Fraction))}",
        { State: JobState.Completed } => "completed",
        { State: JobState.Failed } => $"failed: {status.Error}",
        _ => "cancelled",
    };

    private static string Ahead(int position) => position == 0 ? "next" : $"{position} ahead";

    private static string About(TimeSpan? time) =>
        time is not { } left ? "" : left >= TimeSpan.FromHours(1) ? $", about {left:h\\:mm\\:ss}" : $", about {left:m\\:ss}";

    private async Task<JobStatus> RunAsync(
        IAsyncEnumerable<JobStatus> statuses, Action<JobStatus> show, CancellationToken cancel)
    {
        await foreach (var status in statuses.WithCancellation(cancel)) show(last = status);
        return last!;
    }

    private void Print(JobStatus status)
    {
        // Only every tenth of a run, to keep logs short.
        var now = status.State == JobState.Running ? $"{(int)(status.Fraction * 10)}" : Words(status);
        if (silent || now == line) return;
        line = now;
        Console.Error.WriteLine($"job {job.Id}: {Words(status)}");
    }
}
