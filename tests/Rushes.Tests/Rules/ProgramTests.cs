using System.Text.RegularExpressions;
using Xunit;

namespace Rushes.Tests.Rules;

/// <summary>
/// Other programs are started in one place, and ffmpeg in one place, so that environment and limits hold for all of them.
/// </summary>
public sealed partial class ProgramTests
{
    [Fact]
    public void Only_ChildProcess_starts_programs()
    {
        foreach (var (file, code) in RoomTests.Code("").Where(found => Path.GetFileName(found.File) != "ChildProcess.cs"))
            Assert.False(StartsProgram().IsMatch(code), $"{file} starts a program by itself; use Rushes.Programs.ChildProcess");
    }

    [Fact]
    public void Only_Ffmpeg_starts_ffmpeg_and_ffprobe()
    {
        foreach (var (file, code) in RoomTests.Code("").Where(found => Path.GetFileName(found.File) != "Ffmpeg.cs"))
            Assert.False(NamesFfmpeg().IsMatch(code), $"{file} names ffmpeg as a program; use Rushes.Media.Ffmpeg");
    }

    [Fact]
    public void Only_FfmpegInput_opens_files_for_ffmpeg()
    {
        foreach (var (file, code) in RoomTests.Code("").Where(found => Path.GetFileName(found.File) != "FfmpegInput.cs"))
            Assert.False(OpensInput().IsMatch(code), $"{file} opens an input of ffmpeg by itself; use Rushes.Media.FfmpegInput");
    }

    [GeneratedRegex(@"\bProcessStartInfo\b|\bProcess\.Start\b|\bnew "
        + @"(System\.Diagnostics\.)?Process\b|\b(execve?p?|posix_spawnp?|fork|popen)\(")]
    private static partial Regex StartsProgram();

    [GeneratedRegex("\\bnew Command\\(\\s*\"ff|Program(Name)? = \"ff|\\[\"ff(mpeg|probe)\"")]
    private static partial Regex NamesFfmpeg();

    [GeneratedRegex(@"""-i""|""-protocol_whitelist""|""-max_pixels""")]
    private static partial Regex OpensInput();
}
