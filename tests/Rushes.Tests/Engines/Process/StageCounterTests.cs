using System.Text.RegularExpressions;
using Rushes.Engines;
using Rushes.Engines.Process;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Engines.Process;

public sealed class StageCounterTests
{
    private static readonly Regex Bar = new(
        @"\|[=> ]{50}\| (?<done>\d+)/(?<total>\d+) - [\d.]+(s/it|it/s)", RegexOptions.NonBacktracking);

    private static readonly Stage[] Stages =
    [
        new("prompt", 1, 1, null, new Regex("get_learned_condition completed")),
        new("steps", null, 2, Bar, new Regex(" sampling completed")),
        new("decode", 1, 1, null, new Regex("decode_first_stage completed")),
    ];

    [Fact]
    public void Two_experts_bars_count_one_after_the_other()
    {
        var counter = new StageCounter(Stages, steps: 8);

        Assert.Null(counter.Read("loading tensors completed, taking 0.20s"));
        Assert.Null(counter.Read("|##################################################| 825/825 - 1.86GB/s"));
        Assert.Equal(1, Done("get_learned_condition completed, taking 0.27s"));
        Assert.Equal(3, Done($"|{new string('=', 24)}>{new string(' ', 25)}| 1/2 - 3.73s/it"));
        Assert.Equal(5, Done($"|{new string('=', 50)}| 2/2 - 2.37s/it"));
        Assert.Equal(7, Done($"|{new string('=', 24)}>{new string(' ', 25)}| 1/2 - 3.73s/it"));
        Assert.Equal(9, Done("stable-diffusion.cpp:7012 - sampling completed, taking 6.10s"));
        Assert.Equal(10, Done("decode_first_stage completed, taking 0.69s"));
        Assert.Equal(10, counter.Total);

        int Done(string line) => Assert.IsType<EngineEvent.Tasks>(counter.Read(line)).Done;
    }

    [Fact]
    public void A_bar_is_read_before_its_line_ends_and_without_colours()
    {
        var lines = new List<string>();
        var output = new OutputLines(isError: false, line => lines.Add(line.Text));

        output.Write("\r  |== | 1/2 - 3s/it\u001b[K");
        output.Write("\r  |====| 2/2 - 3s/it\u001b[K\n\u001b[32m[INFO ] done\u001b[0m\r\n");

        Assert.Equal(["|== | 1/2 - 3s/it", "|== | 1/2 - 3s/it", "|====| 2/2 - 3s/it", "[INFO ] done"], lines);
    }

    [Theory]
    [InlineData(80, 81)]
    [InlineData(81, 81)]
    [InlineData(1, 1)]
    [InlineData(2, 5)]
    public void Frames_and_sides_are_rounded_up_to_what_the_model_draws(int planned, int drawn) =>
        Assert.Equal(
            new VideoFormat(272, 480, drawn, 16),
            new RenderRules { FramesMultiple = 4, SidesMultiple = 16 }.Format(new VideoFormat(270, 480, planned, 16)));

    [Fact]
    public void A_model_with_a_rate_of_its_own_draws_the_same_seconds() =>
        Assert.Equal(
            new VideoFormat(832, 480, 121, 24),
            new RenderRules { FramesPerSecond = 24, FramesMultiple = 4 }.Format(new VideoFormat(832, 480, 80, 16)));
}
