using System.ComponentModel;
using Rushes.Programs;
using Xunit;

namespace Rushes.Tests.Programs;

public sealed class ChildProcessTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_child_gets_nothing_of_the_gateways_environment_but_what_is_listed()
    {
        Environment.SetEnvironmentVariable("OPERATOR_TESTED_KEY", "secret");
        Environment.SetEnvironmentVariable("AWS_TESTED_KEY", "secret");
        Environment.SetEnvironmentVariable("PGTESTEDPASSWORD", "secret");
        var exit = await ChildProcess.RunAsync(new Command("env", []), null, Cancel);

        var names = exit.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(
            line => line[..line.IndexOf('=', StringComparison.Ordinal)]);
        Assert.Empty(names.Except([.. ChildEnvironment.Copied, "LANG", "HOME"]));
        Assert.Contains("HOME=/nonexistent\n", exit.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_adds_its_own_variables_and_names_those_that_are_passed_on()
    {
        Environment.SetEnvironmentVariable("TESTED_PASSED", "yes");
        var environment = new ChildEnvironment
        {
            Home = "/tmp", Temporary = "/var/tmp", Pass = ["TESTED_PASSED", "TESTED_UNSET"],
            Variables = new Dictionary<string, string> { ["LANG"] = "de_DE.UTF-8" },
        };
        var exit = await ChildProcess.RunAsync(new Command("env", []) { Environment = environment }, null, Cancel);
        foreach (var line in new[] { "HOME=/tmp", "TMPDIR=/var/tmp", "TESTED_PASSED=yes", "LANG=de_DE.UTF-8" })
            Assert.Contains(line + "\n", exit.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("TESTED_UNSET", exit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_kernel_holds_a_child_to_its_memory_and_writes_no_core()
    {
        var limits = new Command(
            "prlimit", ["--data", "--core", "--raw", "--noheadings", "--output=SOFT,HARD"]) { MaxMemory = 200 << 20 };
        Assert.Equal(
            [(200 << 20).ToString(), (200 << 20).ToString(), "0", "0"],
            Words(await ChildProcess.RunAsync(limits, null, Cancel)).Order(StringComparer.Ordinal).Reverse());

        var greedy = new Command("python3", ["-c", "bytearray(300 << 20)"]) { MaxMemory = 200 << 20 };
        Assert.Contains("MemoryError", (await ChildProcess.RunAsync(greedy, null, Cancel)).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_memory_runs_out_the_kernel_ends_a_child_first()
    {
        // Its standard input ends after the score was set.
        var exit = await ChildProcess.RunAsync(new Command("bash", ["-c", "cat; cat /proc/self/oom_score_adj"]), null, Cancel);
        Assert.Equal("500", exit.Output.Trim());
    }

    [Fact]
    public async Task Of_a_line_without_end_only_the_beginning_is_kept()
    {
        var lines = new List<string>();
        await ChildProcess.RunAsync(
            new Command("python3", ["-c", "print('first\\r'); print('a' * 1000000); print(); print('last', end='')"]), lines.Add,
            Cancel);
        Assert.Equal(["first", new string('a', LineReader.MaxLength), "", "last"], lines);
    }

    [Fact]
    public async Task A_program_left_in_the_background_is_not_waited_for()
    {
        // It keeps the pipes open.
        var exit = await ChildProcess.RunAsync(
            new Command("bash", ["-c", "sleep infinity & echo $!; echo started >&2"]), null, Cancel);
        using var left = System.Diagnostics.Process.GetProcessById(int.Parse(exit.Output));
        left.Kill();
        Assert.Equal((true, "started"), (exit.Ok, exit.Errors.Trim()));
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named()
    {
        var missing = await Assert.ThrowsAsync<Win32Exception>(
            () => ChildProcess.RunAsync(new Command("no-such-program", []) { MaxMemory = 1 << 30 }, null, Cancel));
        Assert.Equal("no-such-program is not on the PATH.", missing.Message);
    }

    private static IEnumerable<string> Words(Exit exit) =>
        exit.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
