using Rushes.Server;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Settings;

public sealed class StorageChoiceTests
{
    [Fact]
    public async Task Local_files_may_lie_in_another_folder()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["a.txt"], "a", cancel);
        var store = await StorageChoice.OpenAsync(
            new GatewayOptions { Storage = $"local={folder["disk"]}" }, folder["data"], new byte[32], TimeProvider.System,
            cancel);
        await store.PutAsync("b/a.txt", folder["a.txt"], "text/plain", cancel);
        Assert.True(File.Exists(Path.Combine(folder.Path, "disk", "rushes-files", "b", "a.txt")));
        Assert.False(Directory.Exists(folder["data"]));
    }

    [Theory]
    [InlineData("s4://films", "Storage: \"s4://films\" is not such as s3://bucket")]
    [InlineData("s3://films?regoin=x", "Storage: there is no \"regoin\"")]
    public async Task A_bad_one_is_named(string storage, string said)
    {
        var options = new GatewayOptions { Storage = storage, StorageAccessKey = "a", StorageSecretKey = "b" };
        Assert.StartsWith(said, (await RejectedAsync(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_a_pair_of_keys_is_none() =>
        Assert.Contains(
            "or neither", (await RejectedAsync(new GatewayOptions { Storage = "s3://films", StorageAccessKey = "a" })).Message,
            StringComparison.Ordinal);

    private static Task<SettingsException> RejectedAsync(GatewayOptions options) => Assert.ThrowsAsync<SettingsException>(
        () => StorageChoice.OpenAsync(
            options, "nowhere", new byte[32], TimeProvider.System, TestContext.Current.CancellationToken));
}
