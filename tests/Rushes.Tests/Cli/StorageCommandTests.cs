using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Cli;

/// <summary>The real program moves a real gateway's files.</summary>
public sealed class StorageCommandTests(S3Server server)
{
    [Fact]
    public async Task A_gateway_goes_on_with_its_files_in_a_bucket()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var data = new TempFolder();
        var bucket = await server.NewBucketAsync(cancel);
        var storage = $"s3://{bucket.Bucket}?endpoint={bucket.Endpoint.AbsoluteUri.TrimEnd('/')}";
        string id;
        await using (var before = await TestGateway.StartAsync(1, cancel, data.Path))
        {
            using var created = await before.Http.PostAsJsonAsync(
                "/queue/wan22-fast-t2v", new { prompt = "a wave", duration = 0.5, width = 512, height = 512 }, cancel);
            id = (await created.Content.ReadFromJsonAsync<JsonElement>(cancel)).GetProperty("request_id").GetString()!;
            await before.LoggedAsync("JobCompleted", cancel);
            await Stored.OwnerWrittenAsync(data.Path, cancel);

            // Beside a gateway that runs. The video, and the store's mark of whose it is.
            await using var first = Migrate(data, storage);
            Assert.NotNull(await first.WaitForAsync("2 files copied and verified now, 0 in earlier runs", cancel));
            Assert.Equal(0, await first.ExitAsync(cancel));
        }
        await using var second = Migrate(data, storage);
        Assert.NotNull(await second.WaitForAsync("0 files copied and verified now, 2 in earlier runs", cancel));
        Directory.Delete(Path.Combine(data.Path, "files"), recursive: true);

        await using var after = await TestGateway.StartAsync(0, cancel, data.Path, new GatewayOptions
        {
            Storage = storage, StorageAccessKey = S3Server.AccessKey, StorageSecretKey = S3Server.SecretKey,
        });
        var result = await after.Http.GetFromJsonAsync<JsonElement>($"/queue/wan22-fast-t2v/requests/{id}", cancel);
        Assert.NotEmpty(result.GetProperty("video").GetProperty("data_uri").GetBytesFromBase64());
    }

    [Fact]
    public async Task What_cannot_be_used_is_told_in_a_sentence()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var data = new TempFolder();
        await using var failed = Migrate(data, "s3://films?endpoint=http://127.0.0.1:1&style=sideways");
        Assert.NotNull(await failed.WaitForAsync("Storage: style=sideways is neither path nor host", cancel));
        Assert.Equal(2, await failed.ExitAsync(cancel));
    }

    private static GatewayProcess Migrate(TempFolder data, string storage) => GatewayProcess.Launch(
        ["storage", "migrate", "--data", data.Path, "--from", "local", "--to", storage], TestGateway.Key,
        ("AWS_ACCESS_KEY_ID", S3Server.AccessKey), ("AWS_SECRET_ACCESS_KEY", S3Server.SecretKey));
}
