namespace Rushes.Files.S3;

/// <summary>
/// The address and options of an S3 store, as text: <c>s3://bucket?endpoint=…&amp;region=…</c>. It does not contain keys.
/// </summary>
public sealed record S3Options
{
    public required string Bucket { get; init; }

    /// <summary>Scheme, host and port of the server. Default: AWS in the region.</summary>
    public Uri Endpoint { get; init; } = new("https://s3.us-east-1.amazonaws.com");

    /// <summary>The region in signatures. Default us-east-1; for R2 it is auto.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>The bucket is part of the host name instead of the path. By default only for AWS.</summary>
    public bool VirtualHost { get; init; }

    /// <summary>
    /// Another address of the same server, for the URLs that clients and workers get. Default: the endpoint.
    /// </summary>
    public Uri? Public { get; init; }

    /// <summary><c>AES256</c> or <c>aws:kms</c>, set on every upload. Default: the bucket's setting.</summary>
    public string? Encryption { get; init; }

    /// <summary>The key for <c>aws:kms</c>. Default: the server's own.</summary>
    public string? EncryptionKey { get; init; }

    /// <summary>The profile in <c>~/.aws</c>; null for the keys that are set or found.</summary>
    public string? Profile { get; init; }

    /// <summary>
    /// Larger files are uploaded in parts of this size. Default 16 MiB, at least 5 MiB; S3 allows 10,000 parts.
    /// </summary>
    public long PartBytes { get; init; } = 16 << 20;

    /// <summary>Time limit until the first byte of a response, and between two reads. Default 20 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long failed calls are retried. Default 15 seconds.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <param name="region">Used if the text has none; null for us-east-1.</param>
    /// <exception cref="FormatException">The text is invalid; the message has the reason.</exception>
    public static S3Options Parse(string text, string? region = null)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme != "s3")
            throw new FormatException($"\"{text}\" is not such as s3://bucket?endpoint=https://s3.example.com&region=auto");
        if (address.UserInfo.Length > 0)
            throw new FormatException("keys do not belong in the address; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
        if (address.AbsolutePath.Trim('/').Length > 0)
            throw new FormatException($"the whole bucket is used: leave out \"{address.AbsolutePath}\"");
        // The host of a URL is converted to lower case, and so are bucket names.
        var bucket = address.Host;
        if (bucket.Length is < 3 or > 63 || !bucket.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.'))
            throw new FormatException($"\"{bucket}\" is no bucket's name");

        var fields = Fields(address.Query);
        var place = fields.GetValueOrDefault("region") ?? region ?? "us-east-1";
        var endpoint = fields.TryGetValue("endpoint", out var given) ? Server("endpoint", given) : Amazon(place);
        return new S3Options
        {
            Bucket = bucket,
            Region = place,
            Endpoint = endpoint,
            VirtualHost = OneOf(fields, "style", "path", "host") is { } style
                ? style == "host"
                : given is null && !bucket.Contains('.', StringComparison.Ordinal),
            Public = fields.TryGetValue("public", out var shown) ? Server("public", shown) : null,
            Encryption = OneOf(fields, "encryption", "AES256", "aws:kms"),
            EncryptionKey = fields.GetValueOrDefault("encryption-key"),
            Profile = fields.GetValueOrDefault("profile"),
        };
    }

    private static Dictionary<string, string> Fields(string query)
    {
        string[] known = ["endpoint", "region", "style", "public", "encryption", "encryption-key", "profile"];
        var fields = new Dictionary<string, string>();
        foreach (var field in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = field.Split('=', 2);
            if (!known.Contains(parts[0]))
                throw new FormatException($"there is no \"{parts[0]}\"; there are {string.Join(", ", known)}");
            if (parts.Length < 2 || parts[1].Length == 0) throw new FormatException($"{parts[0]} has no value");
            fields[parts[0]] = Uri.UnescapeDataString(parts[1]);
        }
        return fields;
    }

    private static string? OneOf(Dictionary<string, string> fields, string name, string first, string second) =>
        fields.GetValueOrDefault(name) is not { } value ? null
        : value == first || value == second ? value
        : throw new FormatException($"{name}={value} is neither {first} nor {second}");

    private static Uri Server(string name, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https"
            && url.PathAndQuery == "/"
            && url.UserInfo.Length == 0
            ? url
            : throw new FormatException($"{name}={text} is not such as https://s3.example.com");

    private static Uri Amazon(string region) =>
        new($"https://s3.{region}.amazonaws.com{(region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}");
}
