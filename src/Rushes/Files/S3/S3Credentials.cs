using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;

namespace Rushes.Files.S3;

/// <summary>The credentials of requests to S3.</summary>
public static class S3Credentials
{
    /// <summary>
    /// The profile if one is set, or else the two keys if they are set, or else what AWS's own tools would use:
    /// <c>AWS_ACCESS_KEY_ID</c>, <c>AWS_SECRET_ACCESS_KEY</c> and <c>AWS_SESSION_TOKEN</c>, a profile in <c>~/.aws</c>, the
    /// role of the container or machine.
    /// </summary>
    /// <exception cref="StoreUnavailableException">There are none.</exception>
    public static AWSCredentials Find(string? profile, string? accessKey, string? secretKey)
    {
        if (profile is not null)
            return new CredentialProfileStoreChain().TryGetAWSCredentials(profile, out var named)
                ? named
                : throw new StoreUnavailableException(
                    $"there is no profile \"{profile}\" in ~/.aws/credentials or ~/.aws/config");
        if (accessKey is not null && secretKey is not null) return new BasicAWSCredentials(accessKey, secretKey);
        try
        {
            var found = DefaultAWSCredentialsIdentityResolver.GetCredentials();
            found.GetCredentials();
            return found;
        }
        catch (Exception error)
            when (error is AmazonClientException or AmazonServiceException or HttpRequestException or IOException
                or ArgumentException or InvalidOperationException)
        {
            throw new StoreUnavailableException(
                "no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", error);
        }
    }
}
