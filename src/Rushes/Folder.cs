using System.Text;

namespace Rushes;

/// <summary>
/// A folder, and the only place that makes paths inside it. A name that would lead out of the folder (a separator, <c>..</c>, an
/// absolute path, a NUL, a symbolic link) is rejected, so that no name can become a path elsewhere.
/// </summary>
public sealed class Folder(string path)
{
    private const int MaxNameBytes = 255;

    /// <summary>Absolute.</summary>
    public string FullPath { get; } = Path.GetFullPath(path);

    public override string ToString() => FullPath;

    /// <summary>The path of a file with this name in the folder.</summary>
    /// <param name="allowLink">True where the folder's owner may have put a symbolic link, such as a mounted secret.</param>
    /// <exception cref="UnsafePathException">The name is not a plain file name.</exception>
    public string File(string name, bool allowLink = false)
    {
        if (!IsName(name)) throw new UnsafePathException(name, "is not a plain file name");
        var file = Path.Join(FullPath, name);
        return allowLink || new FileInfo(file).LinkTarget is null
            ? file
            : throw new UnsafePathException(name, "is a symbolic link");
    }

    /// <summary>The folder with this name in this one. It is not created.</summary>
    /// <exception cref="UnsafePathException">The name is not a plain file name.</exception>
    public Folder Sub(string name, bool allowLink = false) => new(File(name, allowLink));

    /// <summary>The path of a file in this folder or below it.</summary>
    /// <param name="relative">Names between single slashes.</param>
    /// <exception cref="UnsafePathException">A part of it is not a plain file name, or is a symbolic link.</exception>
    public string Below(string relative, bool allowLinks = false)
    {
        var names = relative.Split('/');
        var folder = this;
        foreach (var name in names[..^1]) folder = folder.Sub(name, allowLinks);
        return folder.File(names[^1], allowLinks);
    }

    /// <summary>A path that no file has yet.</summary>
    /// <param name="extension">With its dot, or empty.</param>
    public string NewFile(string extension = "") => File(Guid.NewGuid().ToString("n") + extension);

    /// <summary>Creates the folder if it does not exist.</summary>
    public Folder Create()
    {
        Directory.CreateDirectory(FullPath);
        return this;
    }

    /// <summary>
    /// Whether text can be the name of a file: not empty, <c>.</c> or <c>..</c>, no separators or control characters.
    /// </summary>
    public static bool IsName(string name)
    {
        if (name is "" or "." or ".." || name.Length > MaxNameBytes || Encoding.UTF8.GetByteCount(name) > MaxNameBytes)
            return false;
        foreach (var rune in name.EnumerateRunes())
            if (Rune.IsControl(rune) || rune.Value is '/' or '\\' || rune == Rune.ReplacementChar) return false;
        return true;
    }
}

/// <summary>A name that was to become part of a path and must not.</summary>
public sealed class UnsafePathException(string name, string reason)
    : IOException($"\"{new string([.. name.Take(80).Select(c => char.IsControl(c) ? '?' : c)])}\" {reason}.");
