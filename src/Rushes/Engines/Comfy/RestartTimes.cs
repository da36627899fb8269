using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rushes.Engines.Comfy;

/// <summary>
/// When a server was restarted, also by earlier runs of this program and by others that use the same folder, so that a worker
/// that is restarted itself does not start to count again.
/// </summary>
/// <param name="folder">Null: only this run counts.</param>
internal sealed class RestartTimes(Uri server, string? folder)
{
    private List<DateTimeOffset> known = [];

    /// <summary>Records a restart now, unless there is a reason against it after those within the period.</summary>
    /// <param name="against">The reason; null: it may be restarted.</param>
    /// <returns>The reason.</returns>
    public string? Add(DateTimeOffset now, TimeSpan period, Func<IReadOnlyList<DateTimeOffset>, string?> against)
    {
        using var file = Open();
        if (file is not null) known = Read(file);
        known = [.. known.Where(time => time <= now && now - time < period)];
        if (against(known) is { } reason) return reason;
        known.Add(now);
        if (file is not null) Write(file, known);
        return null;
    }

    /// <summary>Null if there is no folder, or the file cannot be used: then this run's own times count.</summary>
    private FileStream? Open()
    {
        if (folder is null) return null;
        try
        {
            var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(server.AbsoluteUri)))[..16];
            return new FileStream(
                new Folder(folder).Create().File(name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or UnsafePathException)
        {
            return null;
        }
    }

    private static List<DateTimeOffset> Read(FileStream file)
    {
        using var reader = new StreamReader(file, leaveOpen: true);
        var times = new List<DateTimeOffset>();
        while (reader.ReadLine() is { } line)
            if (DateTimeOffset.TryParse(line, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time))
                times.Add(time);
        return times;
    }

    private static void Write(FileStream file, List<DateTimeOffset> times)
    {
        file.SetLength(0);
        using var writer = new StreamWriter(file, leaveOpen: true);
        foreach (var time in times) writer.WriteLine(time.ToString("O", CultureInfo.InvariantCulture));
    }
}
