using System.Globalization;
using Npgsql;

namespace Rushes.Database.Postgres;

/// <summary>The URL of a database: <c>postgres://user:password@host[:port][,host2[:port]]/database?name=value</c>.</summary>
/// <param name="Connection">The connection string for Npgsql, including the password.</param>
/// <param name="Readers">The maximum number of connections for reads; there are two more, one that writes and one that
/// listens.</param>
public sealed record PostgresUrl(string Connection, int Readers)
{
    private const int DefaultReaders = 16;

    private static readonly string[] Names =
    [
        "sslmode", "sslrootcert", "sslcert", "sslkey", "channel_binding", "target_session_attrs", "connect_timeout",
        "application_name", "pool",
    ];

    /// <summary>The URL without user and password.</summary>
    public string Shown
    {
        get
        {
            var parts = new NpgsqlConnectionStringBuilder(Connection);
            return $"{parts.Host}/{parts.Database}";
        }
    }

    public static bool IsOne(string text) =>
        text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal);

    /// <exception cref="FormatException">What is wrong with the URL; the message never contains the password.</exception>
    public static PostgresUrl Parse(string text)
    {
        if (!IsOne(text)) throw new FormatException("it does not start with postgres://");
        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var (path, query) = Cut(rest, '?');
        var (authority, database) = Cut(path, '/');
        var at = authority.LastIndexOf('@');
        if (authority[(at + 1)..].Length == 0)
            throw new FormatException("the host is missing, as in postgres://user:password@host/database");
        if (string.IsNullOrEmpty(database))
            throw new FormatException("the database is missing, as in postgres://user:password@host/database");
        var parts = new NpgsqlConnectionStringBuilder
        {
            Host = Hosts(authority[(at + 1)..]), Database = Uri.UnescapeDataString(database), ApplicationName = "rushes",
        };
        if (at >= 0)
        {
            var (user, password) = Cut(authority[..at], ':');
            parts.Username = Uri.UnescapeDataString(user);
            if (password is not null) parts.Password = Uri.UnescapeDataString(password);
        }

        var readers = DefaultReaders;
        foreach (var pair in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Cut(pair, '=');
            Set(parts, name, Uri.UnescapeDataString(value ?? ""), ref readers);
        }

        return new PostgresUrl(parts.ConnectionString, readers);
    }

    private static void Set(NpgsqlConnectionStringBuilder parts, string name, string value, ref int readers)
    {
        switch (name)
        {
            case "sslmode":
                parts.SslMode = OneOf<SslMode>(name, value, "disable, allow, prefer, require, verify-ca, verify-full");
                break;
            case "channel_binding":
                parts.ChannelBinding = OneOf<ChannelBinding>(name, value, "disable, prefer, require");
                break;
            // The certificate authorities of the system are the default.
            case "sslrootcert" when value == "system": break;
            case "sslrootcert": parts.RootCertificate = value; break;
            case "sslcert": parts.SslCertificate = value; break;
            case "sslkey": parts.SslKey = value; break;
            // URLs of managed servers contain it. A gateway always uses the host that accepts writes.
            case "target_session_attrs" when value is "read-write" or "primary" or "any": break;
            case "target_session_attrs":
                throw new FormatException($"{name} \"{value}\" is not one of read-write, primary, any");
            case "application_name": parts.ApplicationName = value; break;
            case "connect_timeout": parts.Timeout = Number(name, value, 1, 60); break;
            case "pool": readers = Number(name, value, 1, 1000); break;
            default: throw new FormatException($"\"{name}\" is not one of {string.Join(", ", Names)}");
        }
    }

    private static T OneOf<T>(string name, string value, string allowed)
        where T : struct, Enum =>
        allowed.Split(", ").Contains(value)
            ? Enum.Parse<T>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true)
            : throw new FormatException($"{name} \"{value}\" is not one of {allowed}");

    private static int Number(string name, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException($"{name} \"{value}\" is not a number from {least} to {most}");

    /// <summary>The format of Npgsql: each host with its port.</summary>
    private static string Hosts(string list)
    {
        foreach (var host in list.Split(','))
            if (!Uri.TryCreate("tcp://" + host, UriKind.Absolute, out var parsed) || parsed.Host.Length == 0)
                throw new FormatException($"\"{host}\" is not a host, such as db.example.com or db.example.com:5432");
        return list;
    }

    private static (string Before, string? After) Cut(string text, char at) =>
        text.IndexOf(at, StringComparison.Ordinal) is var place and >= 0 ? (text[..place], text[(place + 1)..]) : (text, null);
}
