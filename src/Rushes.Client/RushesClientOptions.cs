namespace Rushes.Client;

/// <summary>Which gateway, by which key, and how patiently.</summary>
public sealed class RushesClientOptions
{
    /// <summary>The gateway's address. Default: the variable <c>RUSHES_URL</c>, else <c>http://127.0.0.1:8080</c>.</summary>
    public Uri Url { get; set; } = new(Environment.GetEnvironmentVariable("RUSHES_URL") is { Length: > 0 } url ? url : "http://127.0.0.1:8080");

    /// <summary>A key with the scopes submit and read. Default: the variable <c>RUSHES_API_KEY</c>.</summary>
    public string Key { get; set; } = Environment.GetEnvironmentVariable("RUSHES_API_KEY") ?? "";

    /// <summary>
    /// How long a call is tried again while the gateway cannot be reached, is overloaded or asks to come later. Default two
    /// minutes: a gateway may be restarted meanwhile. Zero: never.
    /// </summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long one try of a call without media may take. Default 30 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one try of sending a request with its media may take. Default 10 minutes.</summary>
    public TimeSpan UploadTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often the status is asked for where it cannot be streamed. Default 2 seconds.</summary>
    public TimeSpan PollEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The clock of waits and timeouts, for tests.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;
}
