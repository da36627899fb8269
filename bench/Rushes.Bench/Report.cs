using System.Globalization;
using System.Text;

namespace Rushes.Bench;

/// <summary>A line of the table.</summary>
internal sealed record Row(string What, string Ours, string Against, string Ratio, string Aim)
{
    /// <summary>Where more is better.</summary>
    public static Row Of(string what, Side ours, Side against, double? aim = null)
    {
        var ratio = ours.Median / against.Median;
        return new Row(
            what, $"{ours}", $"{against.Name}: {against}", Plain(ratio),
            Held(ratio >= aim, aim is null ? "" : $"{Plain(aim.Value)} or more"));
    }

    /// <summary>Where less is better: the ratio still says how much of the other's pace is reached.</summary>
    public static Row OfTimes(string what, Side ours, Side against, double? aim = null)
    {
        var ratio = against.Median / ours.Median;
        return new Row(
            what, $"{ours}", $"{against.Name}: {against}", Plain(ratio),
            Held(ratio >= aim, aim is null ? "" : $"{Plain(aim.Value)} or more"));
    }

    /// <summary>Where less is better, as a multiple of the other's.</summary>
    public static Row OfCosts(string what, Side ours, Side against, double most)
    {
        var ratio = ours.Median / against.Median;
        return new Row(
            what, $"{ours}", $"{against.Name}: {against}", Plain(ratio), Held(ratio <= most, $"{Plain(most)} or less"));
    }

    public static string Held(bool held, string aim) => aim.Length == 0 ? "" : $"{aim}: {(held ? "held" : "**missed**")}";

    private static string Plain(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture);
}

/// <summary>What is printed at the end, in Markdown.</summary>
internal static class Report
{
    public static string Of(IEnumerable<Row> rows, Plan plan)
    {
        var text = new StringBuilder();
        text.AppendLine("# Benchmarks");
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"Made by `bench/run` on a machine with {Environment.ProcessorCount} cores, which the server, "
                + $"the load and the disk share. Medians of {plan.Rounds} rounds, least and most in brackets.");
        text.AppendLine();
        text.AppendLine("| measured | Rushes | against | ratio | aim |");
        text.AppendLine("|---|---|---|---|---|");
        foreach (var row in rows)
            text.AppendLine(
                CultureInfo.InvariantCulture, $"| {row.What} | {row.Ours} | {row.Against} | {row.Ratio} | {row.Aim} |");
        text.AppendLine();
        text.Append("""
            ## How to read it
            The ratios carry over to other machines, the figures do not. The sides of a comparison are measured in turn within
            each round, so a busy minute meets them all; where the brackets are wide, run it again.

            - **Creates** go to `rushes serve --workers 0` over HTTP (`wrk -t2 -c64`, 1 KB of JSON, a key) and are on disk when
              they are answered. The bare Kestrel reads the same body and answers as much JSON, from a process of its own. The
              group commit is the gateway's database alone, called by 64 tasks.
            - **A create in each API** is the same video of 1 KB of JSON, sent to one gateway by 64 connections; the figure is
              the gateway's processor time for one of them, the commit included.
            - **Claims and completions** are processor time, not elapsed time, of 8 workers at once. In process they are calls of
              the database alone; each job is claimed and completed. Remote workers claim a job, send a heartbeat and report a
              failure, and only the gateway's time counts. With `--against FOLDER`, a checkout of another version that was built
              by its own `bench/run`, both versions are measured in turn, and the ratio is the other version's time divided by
              ours.
            - **Status** is of a random queued job, over 64 connections. The bare Kestrel answers a constant of the same size.
            - **The draft** is the engine from job to file, against ffmpeg given the very same command with everything it reads
              ready.
            - **Pictures** are 20 posts at once of a PNG of noise of just under 10 MiB as base64, each time to a gateway that just
              started and took one such post before. They are answered when the files and the jobs are on disk. The bare Kestrel
              reads the same bodies and drops them. Memory is the gateway's peak (VmHWM).
            - **ComfyUI** is the engine alone, 64 of them at once, from job to file, less the server's own time as it measured it;
              the servers are stand-ins in one process beside it. Each job must reach a server once.
              The bare client makes only the calls that every client needs, over connections that it keeps open, and does not
              check the files. The machine is full at 64 jobs
              each 250 ms when a job takes 7.8 ms of two processors, the stand-ins' share included: near that the times are those
              of waiting for a processor, and the processor time is the figure to compare.
            - **A job through the gateway** is one after the other, from the request until the status stream says completed, less
              the server's own 60 ms. The file is 4 MB, 832x480, 5 seconds, with the workflow in its metadata and its index at
              the end, as ComfyUI writes it.
            - **The console** is seen by a Chromium that just started and is signed in: when anything of it is painted, and when
              the playground's form is. The line of text is a page of nothing else, in another such Chromium.
            """);
        return text.ToString();
    }
}
