using Rushes.Engines.Comfy;
using Xunit;

namespace Rushes.Tests.Engines.Comfy;

public sealed class ComfyFolderTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Only_old_files_with_names_of_ours_are_deleted_and_links_are_not_followed()
    {
        using var folder = new TempFolder();
        using var elsewhere = new TempFolder();
        string[] ours =
        [
            ComfyFolder.InputName(new string('a', 64), Now, ".png"), $"{new string('b', 32)}.wav",
            $"{new string('c', 32)}-2026113000 (1).mp4", "17-0b9cb9d2-96de-4f4a-8c5f-3a1b5d4c2e10_00001_.mp4",
            "17-0b9cb9d2-96de-4f4a-8c5f-3a1b5d4c2e10_00001_-audio.mp4",
        ];
        string[] others = ["cat.png", "notes.txt", $"{new string('d', 32)}", "17-x_00001_.mp4", $"..{new string('e', 32)}.png"];
        foreach (var name in ours.Concat(others)) Write(folder[$"rushes/{name}"], hours: 30);
        var young = $"{new string('f', 32)}.png";
        Write(folder[$"rushes/{young}"], hours: 20);
        Write(folder[$"rushes/below/{ours[0]}"], hours: 30);
        Write(folder[ours[0]], hours: 30);
        var secret = Write(elsewhere["secret.png"], hours: 30);
        File.CreateSymbolicLink(folder[$"rushes/{new string('9', 32)}.png"], secret);

        var cleaned = ComfyFolder.Clean(folder.Path, Now.AddHours(-24));

        Assert.Equal(new Cleaned(ours.Length, ours.Length * 5L, 1), cleaned);
        Assert.Equal(
            others.Append(young).Append($"{new string('9', 32)}.png").Order(),
            Directory.EnumerateFiles(folder["rushes"]).Select(Path.GetFileName).Order());
        Assert.True(File.Exists(folder[$"rushes/below/{ours[0]}"]) && File.Exists(folder[ours[0]]) && File.Exists(secret));
    }

    [Fact]
    public void A_subfolder_that_is_a_link_is_not_entered()
    {
        using var folder = new TempFolder();
        using var elsewhere = new TempFolder();
        var file = Write(elsewhere[$"{new string('a', 32)}.png"], hours: 30);
        Directory.CreateSymbolicLink(folder["rushes"], elsewhere.Path);

        Assert.Throws<UnsafePathException>(() => ComfyFolder.Clean(folder.Path, Now));
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task The_command_reports_what_it_deleted_and_rejects_a_short_age()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        var file = Write(folder[$"rushes/{new string('a', 32)}.png"], hours: 0);
        File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-3));

        await using var rejected = GatewayProcess.Launch(["comfy", "clean", "--input", folder.Path, "--hours", "1"], "");
        Assert.Equal(2, await rejected.ExitAsync(cancel));
        Assert.Contains("--hours is 1; use 2 to 1000000.", string.Join(' ', rejected.Output), StringComparison.Ordinal);

        await using var clean = GatewayProcess.Launch(["comfy", "clean", "--input", folder.Path, "--hours", "2"], "");
        Assert.Equal(0, await clean.ExitAsync(cancel));
        Assert.Contains(
            "deleted 1 file of Rushes (0.0 MB), kept 0 files that are newer", string.Join(' ', clean.Output),
            StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder["rushes"]));
    }

    private static string Write(string path, double hours)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "bytes");
        File.SetLastWriteTimeUtc(path, Now.AddHours(-hours).UtcDateTime);
        return path;
    }
}
