using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Rushes.Server.Settings;

/// <summary>
/// What an operator may set: <c>--name value</c>, <c>RUSHES_NAME</c>, or <c>Rushes:Name</c> in appsettings.json, the first found counts.
/// </summary>
public sealed record GatewayOptions
{
    [Description("Addresses to listen on, separated by ';'.")]
    [Required]
    public string Urls { get; init; } = "http://127.0.0.1:8080";

    [Description("Folder of the database and the files.")]
    [Required]
    public string Data { get; init; } = "data";

    [Description("Workers inside this process, 0 to 64; 0 for none.")]
    [Range(0, 64)]
    public int Workers { get; init; } = 1;

    [Description("What makes the videos: draft, process=FILE[,FILE], or sd-server=FILE.")]
    [Required]
    public string Engine { get; init; } = "draft";

    [Description("The first account's key, 16 characters or more. Unset: one is made and kept in DATA/api-key.")]
    [StringLength(512, MinimumLength = 16)]
    public string? ApiKey { get; init; }

    [Description("The address clients reach this gateway by, such as https://video.example.com; unset: the one each request was sent to.")]
    [Url]
    public string? PublicUrl { get; init; }

    [Description("Addresses or networks, separated by commas, of proxies whose X-Forwarded-* headers are believed.")]
    public string? KnownProxies { get; init; }

    [Description("A catalog file laid over the shipped one; unset: DATA/catalog.json if it is there.")]
    public string? Catalog { get; init; }

    [Description("Name of the bucket that files are kept in, as in s3://bucket/key.")]
    [RegularExpression("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", ErrorMessage = "Bucket must be 3 to 63 lower-case letters, digits or '-'.")]
    public string Bucket { get; init; } = "rushes-files";

    [Description("Networks, separated by commas, that links and callbacks may lead to although they are not public, such as 10.1.0.0/16.")]
    public string? FetchAllow { get; init; }

    [Description("A worker that was silent this long, in seconds, 5 to 3600, loses its job.")]
    [Range(5, 3600)]
    public int LeaseSeconds { get; init; } = 30;

    [Description("Seconds, 1 to 15, that running jobs may go on when the gateway is told to stop; then they are handed back.")]
    [Range(1, 15)]
    public int DrainSeconds { get; init; } = 12;
}
