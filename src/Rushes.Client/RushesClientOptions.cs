namespace Rushes.Client;

/// <summary>The gateway, the API key, and timeouts.</summary>
public sealed class RushesClientOptions
{
    /// <summary>
    /// The gateway's address. Default: the environment variable <c>RUSHES_URL</c>, then <c>http://127.0.0.1:8080</c>.
    /// </summary>
    public Uri Url { get; set; } = new(
        Environment.GetEnvironmentVariable("RUSHES_URL") is { Length: > 0 } url ? url : "http://127.0.0.1:8080");

    /// <summary>An API key with the scopes submit and read. Default: the environment variable <c>RUSHES_API_KEY</c>.</summary>
    public string Key { get; set; } = Environment.GetEnvironmentVariable("RUSHES_API_KEY") ?? "";

    /// <summary>
    /// How long calls are retried while the gateway cannot be reached, is overloaded or sends <c>Retry-After</c>. Default two
    /// minutes, enough for a restart of the gateway. Zero disables retries.
    /// </summary>
    public TimeSpan RetryTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The timeout of one attempt of a call without media. Default 30 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The timeout of one attempt to send a request with media. Default 10 minutes.</summary>
    public TimeSpan UploadTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The polling interval where the status cannot be streamed. Default 2 seconds.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Called with false when the gateway stops responding and calls are retried, and with true when it responds again.
    /// </summary>
    public Action<bool>? ConnectionChanged { get; set; }

    /// <summary>The clock for delays and timeouts, for tests.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;
}
