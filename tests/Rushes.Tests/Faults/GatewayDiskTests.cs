using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Tests.Engines;
using Xunit;

namespace Rushes.Tests.Faults;

/// <summary>A gateway with a full disk stores files completely or not at all.</summary>
public sealed class GatewayDiskTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gateway_without_room_rejects_what_it_cannot_store_and_takes_it_later()
    {
        await using var disk = await DiskAsync();
        using var folder = new TempFolder();
        var picture = Convert.ToBase64String(await File.ReadAllBytesAsync(await SampleMedia.PictureAsync(folder), Cancel));
        await using var gateway = await TestGateway.StartAsync(0, Cancel, disk.Path);
        disk.Fill();
        using (var rejected = await gateway.Http.PostAsJsonAsync(
            "/queue/wan22-fast-i2v", new { prompt = "a wave", data_uri = picture }, Cancel))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, rejected.StatusCode);
            Assert.NotNull(rejected.Headers.RetryAfter);
            Assert.Equal(
                "disk_full", (await rejected.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("code").GetString());
        }

        disk.Free();
        using var taken = await gateway.Http.PostAsJsonAsync(
            "/queue/wan22-fast-i2v", new { prompt = "a wave", data_uri = picture }, Cancel);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    /// <summary>Two gateways with the same node name would consider each other's workers as their own.</summary>
    [Fact]
    public async Task A_gateway_whose_name_was_cut_to_nothing_gets_another()
    {
        using var data = new TempFolder();
        await File.WriteAllTextAsync(data["node"], "", Cancel);
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path);
        Assert.NotEmpty(await File.ReadAllTextAsync(data["node"], Cancel));
    }

    private static async Task<SmallDisk> DiskAsync()
    {
        var disk = await SmallDisk.MakeAsync(Cancel);
        Assert.SkipWhen(disk is null, "A small disk cannot be made here: that takes root.");
        return disk;
    }
}
