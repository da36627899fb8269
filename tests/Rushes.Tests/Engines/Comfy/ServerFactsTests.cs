using System.Text.Json;
using Rushes.Engines;
using Rushes.Engines.Comfy;
using Xunit;

namespace Rushes.Tests.Engines.Comfy;

public sealed class ServerFactsTests
{
    [Fact]
    public void A_server_says_what_it_is()
    {
        var facts = Of("""
            {
              "system": { "comfyui_version": "0.25.0", "argv": ["main.py", "--disable-metadata", "--listen", "127.0.0.1"] },
              "devices": [{ "name": "cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync",
                "type": "cuda", "vram_total": 25769803776 }]
            }
            """);

        Assert.Equal(("0.25.0", new Gpu("NVIDIA GeForce RTX 4090", 24576)), (facts.Version, facts.Gpu));
        Assert.Empty(facts.Advice);
    }

    [Theory]
    [InlineData("""{}""", 0)]
    [InlineData("""{"system": {"comfyui_version": "0.3.64"}, "devices": [{"name": "cpu", "type": "cpu"}]}""", 0)]
    [InlineData("""{"system": {"argv": ["main.py"]}}""", 1)]
    [InlineData("""{"system": {"argv": ["main.py", "--listen"]}}""", 2)]
    [InlineData("""{"system": {"argv": ["main.py", "--listen", "--disable-metadata"]}}""", 1)]
    [InlineData("""{"system": {"argv": ["main.py", "--disable-metadata", "--listen", "0.0.0.0,::"]}}""", 1)]
    public void A_server_that_is_open_to_all_or_writes_prompts_down_is_told_of(string stats, int advice)
    {
        var facts = Of(stats);

        Assert.Null(facts.Gpu);
        Assert.Equal(advice, facts.Advice.Count());
    }

    private static ServerFacts Of(string stats)
    {
        using var received = JsonDocument.Parse(stats);
        return ServerFacts.Of(received.RootElement);
    }
}
