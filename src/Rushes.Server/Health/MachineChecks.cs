using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using Rushes.Media;

namespace Rushes.Server.Health;

/// <summary>What can be looked at without a gateway: programs, disk space, ports.</summary>
public static class MachineChecks
{
    private const long Little = 5L << 30;

    private const long TooLittle = 256L << 20;

    /// <summary>Encoders and filters that every video goes through.</summary>
    private static readonly string[] Needed = ["libx264", "aac"];

    public static async Task<Finding> FfmpegAsync(CancellationToken cancel)
    {
        try
        {
            var version = await ChildProcess.RunAsync(new Command("ffmpeg", ["-hide_banner", "-version"]), null, cancel);
            var probe = await ChildProcess.RunAsync(new Command("ffprobe", ["-hide_banner", "-version"]), null, cancel);
            var encoders = (await ChildProcess.RunAsync(new Command("ffmpeg", ["-hide_banner", "-encoders"]), null, cancel)).Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (!version.Ok || !probe.Ok) return Finding.Error("ffmpeg", "ffmpeg or ffprobe does not run.", "Install it anew, such as by: apt-get install --reinstall ffmpeg");
            var missing = Needed.Except(encoders).ToList();
            return missing.Count > 0
                ? Finding.Error("ffmpeg", $"ffmpeg has no encoder {string.Join(", ", missing)}.", "Install a build that has it; Debian's and Ubuntu's do.")
                : Finding.Ok("ffmpeg", version.Output.Split('\n')[0].Split(" Copyright")[0] + ".");
        }
        catch (Win32Exception)
        {
            return Finding.Error("ffmpeg", "ffmpeg or ffprobe is not on the PATH.", "Install it, such as by: apt-get install ffmpeg");
        }
    }

    /// <param name="folder">It, or the nearest folder above it that is there.</param>
    public static Finding Disk(string folder)
    {
        var there = Path.GetFullPath(folder);
        while (!Directory.Exists(there)) there = Path.GetDirectoryName(there)!;
        var drive = new DriveInfo(there);
        var says = $"{Size(drive.AvailableFreeSpace)} of {Size(drive.TotalSize)} are free at {folder}.";
        return drive.AvailableFreeSpace switch
        {
            < TooLittle => Finding.Error("disk", says, "Make room, or move the folder to a larger disk: requests are refused and runs fail when it is full."),
            < Little => Finding.Warning("disk", says, "Make room before it is full; results stay until you delete them. `rushes storage migrate` moves files to S3."),
            _ => Finding.Ok("disk", says),
        };
    }

    /// <summary>Whether a gateway could listen where it is told to.</summary>
    public static Finding Port(string url)
    {
        // As Kestrel takes it: '*' and '+' are every address.
        if (!Uri.TryCreate(url.Replace("//*", "//0.0.0.0", StringComparison.Ordinal).Replace("//+", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var address))
            return Finding.Error("ports", $"\"{url}\" is no address to listen on.", "Set urls to such as http://127.0.0.1:8080.");
        var ip = IPAddress.TryParse(address.Host.Trim('[', ']'), out var literal) ? literal : address.Host == "localhost" ? IPAddress.Loopback : IPAddress.Any;
        try
        {
            using var listener = new TcpListener(ip, address.Port);
            listener.Start();
            return Finding.Ok("ports", $"{url} is free.");
        }
        catch (SocketException taken)
        {
            return Finding.Error("ports", $"{url} cannot be listened on: {taken.Message}.", taken.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"Another program has port {address.Port} (ss -ltnp shows which): stop it, or give the gateway another port with --urls.",
                SocketError.AccessDenied => "Ports below 1024 are the system's: take a higher one behind a proxy.",
                _ => "Set urls to an address of this machine.",
            });
        }
    }

    private static string Size(long bytes) => bytes < 1L << 30 ? $"{bytes >> 20} MB" : $"{bytes / (double)(1L << 30):0.#} GB";
}
