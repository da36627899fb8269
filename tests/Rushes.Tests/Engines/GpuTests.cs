using Rushes.Engines;
using Xunit;

namespace Rushes.Tests.Engines;

public sealed class GpuTests
{
    [Fact]
    public void A_driver_names_its_gpus_line_by_line()
    {
        Assert.Equal(new Gpu("NVIDIA GeForce RTX 4090", 24564), Gpu.Parse("NVIDIA GeForce RTX 4090, 24564\n"));
        Assert.Equal(new Gpu("NVIDIA H200 ×2", 143771), Gpu.Parse("NVIDIA H200, 143771\nNVIDIA H200, 143771\n"));
        Assert.Null(Gpu.Parse("No devices were found\n"));
        Assert.Null(Gpu.Parse(""));
    }
}
