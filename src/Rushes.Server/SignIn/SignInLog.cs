namespace Rushes.Server.SignIn;

internal static partial class SignInLog
{
    [LoggerMessage(LogLevel.Warning, "the identity provider {Provider} cannot be used: {Reason}")]
    public static partial void Unreachable(ILogger log, string provider, string reason);

    [LoggerMessage(LogLevel.Information, "a sign-in failed: {Reason}")]
    public static partial void Failed(ILogger log, string reason);

    [LoggerMessage(LogLevel.Information, "key {Key} of account {Account} was signed in by the identity provider")]
    public static partial void SignedIn(ILogger log, long key, int account);
}
