using Rushes.Files;
using Rushes.Files.Local;
using Rushes.Files.S3;
using Rushes.Server.Settings;

namespace Rushes.Server;

/// <summary>The setting <c>Storage</c>: <c>local</c>, <c>local=FOLDER</c>, or the address of a bucket.</summary>
public static class StorageChoice
{
    /// <param name="folder">The folder of <c>local</c>.</param>
    /// <param name="secret">32 random bytes that sign the URLs of a local store.</param>
    /// <exception cref="SettingsException">The setting is invalid, or the store does not work.</exception>
    public static async Task<IFileStore> OpenAsync(
        GatewayOptions options, string folder, byte[] secret, TimeProvider clock, CancellationToken cancel)
    {
        try
        {
            if (options.Storage == "local") return new LocalFileStore(folder, options.Bucket, secret, clock);
            if (options.Storage.StartsWith("local=", StringComparison.Ordinal))
                return new LocalFileStore(options.Storage["local=".Length..], options.Bucket, secret, clock);
            if ((options.StorageAccessKey is null) != (options.StorageSecretKey is null))
                throw new SettingsException("Set both StorageAccessKey and StorageSecretKey, or neither.");
            var region = Environment.GetEnvironmentVariable("AWS_REGION")
                ?? Environment.GetEnvironmentVariable("AWS_DEFAULT_REGION");
            var bucket = S3Options.Parse(options.Storage, region);
            return await S3FileStore.OpenAsync(
                bucket, S3Credentials.Find(bucket.Profile, options.StorageAccessKey, options.StorageSecretKey), clock, cancel);
        }
        catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"Storage: {error.Message}");
        }
    }
}
