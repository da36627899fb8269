using Rushes.Engines;
using Rushes.Engines.Process;
using Xunit;

namespace Rushes.Tests.Engines.Process;

/// <summary>What real runs of stable-diffusion.cpp printed, in short, read by the shipped files' own patterns.</summary>
public sealed class SdLogTests : IDisposable
{
    private const string Bar = "==================================================";
    private const string Loaded = "\r  |##################################################|";

    /// <summary>One model, two steps; the bars of '#' are of loading.</summary>
    private const string Good = $"""
        [INFO ] stable-diffusion.cpp:799  - loading tae from 'w/tae.gguf'
        [INFO ] stable-diffusion.cpp:4380 - sampling using Euler method
        {"\r"}  |##################################################| 12/12 - 27.60MB/s{"\e"}[K
        [INFO ] model_loader.cpp:1304 - loading tensors completed, taking 0.20s (read: 0.00s, memcpy: 0.00s)
        [INFO ] stable-diffusion.cpp:6552 - get_learned_condition completed, taking 0.27s
        [INFO ] stable-diffusion.cpp:6914 - generate_video 64x64x5
        {"\r"}  |#######################################           | 637/825 - 2.84GB/s{"\e"}[K{Loaded} 825/825 - 1.86GB/s{"\e"}[K
        {"\r"}  |=========================>                        | 1/2 - 3.73s/it{"\e"}[K{"\r"}  |{Bar}| 2/2 - 2.37s/it{"\e"}[K
        [INFO ] stable-diffusion.cpp:7012 - sampling completed, taking 6.10s
        [INFO ] stable-diffusion.cpp:7155 - generating latent video completed, taking 6.10s
        {"\r"}  |##################################################| 64/64 - 93.46MB/s{"\e"}[K
        [INFO ] stable-diffusion.cpp:6583 - decode_first_stage completed, taking 0.69s
        [INFO ] stable-diffusion.cpp:7215 - generate_video completed in 7.06s
        [INFO ] main.cpp:536  - save result video to 'out/b.avi'

        """;

    /// <summary>Two experts, a step each, between a first and a last picture.</summary>
    private const string TwoExperts = $"""
        [INFO ] stable-diffusion.cpp:727  - loading high noise diffusion model from 'w14/dit_high.gguf'
        [INFO ] stable-diffusion.cpp:4385 - sampling(high noise) using Euler method
        [INFO ] stable-diffusion.cpp:6294 - IMG2VID
        [INFO ] stable-diffusion.cpp:6345 - encode_first_stage completed, taking 904 ms
        [INFO ] stable-diffusion.cpp:6552 - get_learned_condition completed, taking 0.46s
        {"\r"}  |{Bar}| 1/1 - 73.88s/it{"\e"}[K
        [INFO ] stable-diffusion.cpp:6972 - sampling(high noise) completed, taking 73.89s
        {"\r"}  |##################################################| 1095/1095 - 1.86GB/s{"\e"}[K
        {"\r"}  |{Bar}| 1/1 - 83.54s/it{"\e"}[K
        [INFO ] stable-diffusion.cpp:7012 - sampling completed, taking 83.57s
        [INFO ] stable-diffusion.cpp:6583 - decode_first_stage completed, taking 1.02s
        [INFO ] main.cpp:536  - save result video to 'out/flf.webm'

        """;

    private readonly TempFolder folder = new();

    [Theory]
    [InlineData("sd-cli", 0, Good, 2, new[] { 1, 2, 3, 4, 5 })]
    [InlineData("sd-cli", 1, TwoExperts, 2, new[] { 1, 2, 3, 4, 5 })]
    [InlineData("sd-server-1.3b", 0, Good, 2, new[] { 1, 2, 3, 4 })]
    [InlineData("sd-server-i2v-lightning", 0, TwoExperts, 2, new[] { 1, 2, 3, 4 })]
    public void Progress_is_told_by_bars_of_steps_and_by_what_is_completed(
        string file, int program, string log, int steps, int[] done)
    {
        var recipe = ShippedFile.Read(file, folder).Programs[program];
        var counter = new StageCounter(recipe.Stages, steps);

        var received = Read(log, line => counter.Read(line)).OfType<EngineEvent.Tasks>().ToList();

        Assert.Equal(done, received.Select(tasks => tasks.Done).Distinct());
        Assert.Equal(counter.Total, received[^1].Done);
        Assert.Empty(Read(log, line => recipe.Faults.FirstOrDefault(fault => fault.Line.IsMatch(line))));
    }

    [Theory]
    [InlineData("[WARN ] conditioner.hpp:1350 - IMPORTANT NOTICE: No text encoders provided, cannot process prompts!",
        "text encoder")]
    [InlineData("[ERROR] ggml_extend.hpp:83   - ggml_backend_cuda_buffer_type_alloc_buffer: allocating 9216.00 MiB on device 0: "
        + "cudaMalloc failed: out of memory", "memory")]
    public void A_line_after_which_no_video_comes_ends_the_run_though_the_program_may_end_well(string line, string about)
    {
        foreach (var file in ShippedFile.Names.Where(name => name.StartsWith("sd-", StringComparison.Ordinal)))
            Assert.All(ShippedFile.Read(file, folder).Programs, recipe =>
            {
                var fault = recipe.Faults.First(fault => fault.Line.IsMatch(line));
                Assert.Equal(Blame.Engine, fault.Blame);
                Assert.Contains(about, fault.Message, StringComparison.Ordinal);
            });
    }

    [Theory]
    [InlineData("a <lora:/etc/passwd:1>cat", "a cat")]
    [InlineData("a <LoRA:x:0.5> cat <lora:|high_noise|/y:1>", "a  cat ")]
    [InlineData("<lo<lora:a:1>ra:/b:1>a cat", "a cat")]
    [InlineData("a < b and b > c", "a < b and b > c")]
    [InlineData("(old :..) house", "(old  house")]
    [InlineData("a (cat:.) and (dog:+.)", "a (cat and (dog")]
    [InlineData("(x:::..)..)", "(x:")]
    [InlineData("(cat:1.3) (dog:.5) at 10:30)", "(cat:1.3) (dog:.5) at 10:30)")]
    [InlineData("(cat:99999999999999999999999999999999999999999)", "(cat")]
    public void Tags_that_load_files_are_taken_out_of_prompts(string prompt, string clean)
    {
        foreach (var file in ShippedFile.Names.Where(name => name.StartsWith("sd-", StringComparison.Ordinal)))
            Assert.All(ShippedFile.Read(file, folder).Programs, recipe => Assert.Equal(clean, recipe.Drawing.Clean(prompt)));
    }

    public void Dispose() => folder.Dispose();

    private static List<T> Read<T>(string log, Func<string, T?> read)
        where T : class
    {
        var found = new List<T>();
        var lines = new OutputLines(isError: false, line => found.AddRange(read(line.Text) is { } some ? [some] : []));
        // As a pipe hands it over: in pieces that know nothing of lines.
        foreach (var piece in log.Chunk(37)) lines.Write(piece);
        return found;
    }
}
