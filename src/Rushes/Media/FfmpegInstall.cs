using Rushes.Programs;

namespace Rushes.Media;

/// <summary>The command that installs ffmpeg, for messages.</summary>
public static class FfmpegInstall
{
    /// <summary>A package manager, and its command with the packages that contain ffmpeg, ffprobe and prlimit.</summary>
    private static readonly (string Program, string Command)[] Managers =
    [
        ("apt-get", "apt-get install ffmpeg util-linux"), ("dnf", "dnf install ffmpeg-free util-linux"),
        ("zypper", "zypper install ffmpeg util-linux"), ("pacman", "pacman -S ffmpeg util-linux"),
        ("apk", "apk add ffmpeg util-linux"), ("brew", "brew install ffmpeg"), ("winget", "winget install Gyan.FFmpeg"),
    ];

    /// <summary>The command of the package manager on this machine.</summary>
    public static string Command => CommandOf(ChildProcess.Find);

    internal static string CommandOf(Func<string, string?> find) =>
        Managers.FirstOrDefault(manager => find(manager.Program) is not null).Command ?? "see https://ffmpeg.org/download.html";
}
