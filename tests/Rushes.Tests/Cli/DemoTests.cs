using Xunit;

namespace Rushes.Tests.Cli;

public sealed class DemoTests
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Rushes.Cli.dll");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_folder_for_temporary_files_that_cannot_be_written_is_one_sentence()
    {
        using var folder = new TempFolder();
        // Root can write to any folder, but to none inside a file.
        await File.WriteAllTextAsync(folder["file"], "", Cancel);
        var exit = await Tool.RunAsync("env", [$"TMPDIR={folder["file"]}", "dotnet", Program, "demo"], Cancel, folder.Path);
        Assert.Equal(2, exit.Code);
        var line = Assert.Single(exit.Errors.Trim().Split('\n'));
        Assert.Contains($"The folder for temporary files, {folder["file"]}", line, StringComparison.Ordinal);
        Assert.Contains("set TMPDIR", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_current_folder_that_cannot_be_written_is_one_sentence_before_anything_is_made()
    {
        var exit = await Tool.RunAsync("dotnet", [Program, "demo"], Cancel, "/proc");
        Assert.Equal(2, exit.Code);
        var line = Assert.Single(exit.Errors.Trim().Split('\n'));
        Assert.Contains("The current folder, /proc, cannot be written", line, StringComparison.Ordinal);
        Assert.DoesNotContain("Started a gateway", exit.Output, StringComparison.Ordinal);
    }
}
