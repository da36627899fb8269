using System.Globalization;
using System.Reflection;

namespace Rushes.Database.Shared;

/// <summary>A migration: an embedded <c>001_name.sql</c>.</summary>
internal sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>Ordered by number.</summary>
    /// <param name="folder">The prefix of the resource names, such as <c>Database.Sqlite.Migrations.</c></param>
    public static Migration[] ReadAll(string folder)
    {
        var assembly = typeof(Migration).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => Read(assembly, name, folder.Length))];
    }

    /// <exception cref="InvalidDataException">The schema is newer than this version.</exception>
    public static void Reject(long applied, int newest)
    {
        if (applied > newest)
            throw new InvalidDataException(
                $"The database was written by a newer version of Rushes: its schema is {applied}, this version "
                    + $"supports {newest}. Install that version or a newer one.");
    }

    private static Migration Read(Assembly assembly, string resource, int start)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        var name = resource[start..^".sql".Length];
        return new Migration(int.Parse(name.AsSpan(0, 3), CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }
}
