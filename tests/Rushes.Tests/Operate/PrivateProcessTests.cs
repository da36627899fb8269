using Xunit;

namespace Rushes.Tests.Operate;

/// <summary>What other programs of the same user can read of a gateway or worker.</summary>
public sealed class PrivateProcessTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("serve --urls http://127.0.0.1:0 --workers 0", "is ready on")]
    [InlineData("worker --server http://127.0.0.1:9", "Working for")]
    public async Task Its_environment_is_unreadable_and_its_diagnostic_port_is_removed(string command, string ready)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux has /proc.");
        using var folder = new TempFolder();
        await using var process = Launch(folder, command.Split(' '));
        Assert.NotNull(await process.WaitForAsync(ready, Cancel));

        Assert.False(await CanReadAsync(process.Id));
        Assert.Empty(Ports(folder, process.Id));
    }

    [Fact]
    public async Task It_can_be_diagnosed_if_the_operator_says_so()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux has /proc.");
        using var folder = new TempFolder();
        await using var gateway = Launch(
            folder, ["serve", "--urls", "http://127.0.0.1:0", "--workers", "0"], ("DOTNET_EnableDiagnostics", "1"));
        Assert.NotNull(await gateway.WaitForAsync("is ready on", Cancel));
        Assert.True(await CanReadAsync(gateway.Id));
        Assert.NotEmpty(Ports(folder, gateway.Id));
    }

    private static GatewayProcess Launch(TempFolder folder, string[] command, params (string, string)[] more) =>
        GatewayProcess.LaunchUnprivileged(
            command[0] == "serve" ? [.. command, "--data", folder["data"]] : command, [("TMPDIR", folder.Path), .. more]);

    private static async Task<bool> CanReadAsync(int process)
    {
        var (program, arguments) = (GatewayProcess.Unprivileged[0], GatewayProcess.Unprivileged[1..]);
        var read = await Tool.RunAsync(program, [.. arguments, "cat", $"/proc/{process}/environ"], Cancel);
        return read.Code == 0;
    }

    /// <summary>Where the .NET runtime waits for debuggers and other tools.</summary>
    private static string[] Ports(TempFolder folder, int process) =>
    [
        .. Directory.GetFiles(folder.Path, $"dotnet-diagnostic-{process}-*"),
        .. Directory.GetFiles(folder.Path, $"clr-debug-pipe-{process}-*"),
    ];
}
