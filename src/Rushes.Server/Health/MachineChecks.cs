using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using Rushes.Media;

namespace Rushes.Server.Health;

/// <summary>Checks that do not need a gateway: programs, disk space, ports.</summary>
public static class MachineChecks
{
    private const long Little = 5L << 30;

    private const long TooLittle = 256L << 20;

    /// <summary>Encoders that every video needs.</summary>
    private static readonly string[] Needed = ["libx264", "aac"];

    public static async Task<Finding> FfmpegAsync(CancellationToken cancel)
    {
        try
        {
            if (await Ffmpeg.DescribeAsync(cancel) is not var (version, encoders))
                return Finding.Error(
                    "ffmpeg", "ffmpeg or ffprobe cannot be started.",
                    "Reinstall it, for example with: apt-get install --reinstall ffmpeg");
            var missing = Needed.Except(encoders).ToList();
            return missing.Count > 0
                ? Finding.Error(
                    "ffmpeg", $"ffmpeg lacks the encoder {string.Join(", ", missing)}.",
                    "Install a build with this encoder, such as the one of Debian or Ubuntu.")
                : Finding.Ok("ffmpeg", version.Split(" Copyright")[0] + ".");
        }
        catch (Win32Exception missing)
        {
            return Finding.Error("ffmpeg", missing.Message, $"Install it: {FfmpegInstall.Command}");
        }
    }

    public static async Task<Finding> LibvipsAsync(CancellationToken cancel) =>
        await ImageReader.DescribeAsync(cancel) is { } version
            ? Finding.Ok("libvips", $"libvips {version}.")
            : Finding.Error(
                "libvips", "libvips cannot be started, so jobs with images are rejected.",
                "Install all files of Rushes again, on Linux with glibc (x64 or arm64), macOS (arm64) or Windows (x64).");

    /// <param name="folder">The folder to check, or if it does not exist, its nearest existing parent.</param>
    public static Finding Disk(string folder)
    {
        var there = Path.GetFullPath(folder);
        while (!Directory.Exists(there)) there = Path.GetDirectoryName(there)!;
        var drive = new DriveInfo(there);
        var says = $"{Size(drive.AvailableFreeSpace)} of {Size(drive.TotalSize)} free at {folder}.";
        return drive.AvailableFreeSpace switch
        {
            < TooLittle => Finding.Error(
                "disk", says,
                "Free disk space, or move the folder to a larger disk. When it is full, requests are rejected and runs fail."),
            < Little => Finding.Warning(
                "disk", says,
                "Free disk space before it is full, set a retention period, or move files to S3 with `rushes storage migrate`."),
            _ => Finding.Ok("disk", says),
        };
    }

    /// <summary>Whether a gateway could listen on this URL.</summary>
    public static Finding Port(string url)
    {
        // In Kestrel '*' and '+' mean all addresses.
        if (!Uri.TryCreate(url.Replace("//*", "//0.0.0.0", StringComparison.Ordinal)
            .Replace("//+", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var address))
            return Finding.Error(
                "ports", $"\"{url}\" is not a valid listen address.", "Set urls to an address such as http://127.0.0.1:8080.");
        var ip = IPAddress.TryParse(address.Host.Trim('[', ']'), out var literal)
            ? literal
            : address.Host == "localhost"
            ? IPAddress.Loopback
            : IPAddress.Any;
        try
        {
            using var listener = new TcpListener(ip, address.Port);
            listener.Start();
            return Finding.Ok("ports", $"{url} is available.");
        }
        catch (SocketException taken)
        {
            return Finding.Error("ports", $"Cannot listen on {url}: {taken.Message}.", taken.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse =>
                    $"Another program uses port {address.Port} (ss -ltnp shows which). "
                        + "Stop it, or choose another port with --urls.",
                SocketError.AccessDenied => "Ports below 1024 need root permissions. Use a higher port behind a proxy.",
                _ => "Set urls to an address of this machine.",
            });
        }
    }

    private static string Size(long bytes) => bytes < 1L << 30 ? $"{bytes >> 20} MB" : $"{bytes / (double)(1L << 30):0.#} GB";
}
