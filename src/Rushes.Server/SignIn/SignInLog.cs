namespace Rushes.Server.SignIn;

internal static partial class SignInLog
{
    [LoggerMessage(LogLevel.Warning, "ProviderUnreachable {Provider}: {Reason}")]
    public static partial void Unreachable(ILogger log, string provider, string reason);

    [LoggerMessage(LogLevel.Information, "SignInFailed: {Reason}")]
    public static partial void Failed(ILogger log, string reason);

    [LoggerMessage(LogLevel.Information, "SignedIn {Key} of account {Account}, by the identity provider")]
    public static partial void SignedIn(ILogger log, long key, int account);
}
