namespace Rushes.Server.SignIn;

/// <summary>Why a sign-in ended without a session. The console has a sentence for each, in app.js.</summary>
internal static class SignInRejection
{
    public const string Unreachable = "unreachable";

    public const string Failed = "failed";

    public const string Cancelled = "cancelled";

    public const string NotAllowed = "not_allowed";

    public const string Revoked = "revoked";

    public const string AccountExists = "account_exists";

    public const string NoAccountName = "no_account_name";

    /// <summary>Behind #, so that the reason is not sent to servers or logged by proxies.</summary>
    public static string PathOf(string reason) => $"/console#refused={reason}";
}
