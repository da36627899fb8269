using Rushes.Engines.Process;
using Xunit;

namespace Rushes.Tests.Engines.Process;

public sealed class ProcessGroupTests
{
    [Fact]
    public async Task What_a_crashed_gateway_left_in_its_folder_is_ended_and_nothing_beside_it()
    {
        using var folder = new TempFolder();
        var left = Start(folder["scratch/1"]);
        var beside = Start(folder["scratch-of-another"]);

        ProcessGroup.KillLeftovers(folder["scratch"]);

        Assert.Equal(137, await left.Ended);
        Assert.False(beside.Ended.IsCompleted);
        await beside.StopAsync();
        Assert.Equal(143, await beside.Ended);
    }

    private static ProcessGroup Start(string scratch) => ProcessGroup.Start(
        new ProgramStart("/bin/sleep", ["1000"], Directory.CreateDirectory(scratch).FullName, scratch), _ => { },
        Timeout.InfiniteTimeSpan, TimeProvider.System);
}
