using Rushes.Accounts;

namespace Rushes.Server.Auth;

/// <summary>The messages of 401 and 403, which are the same in every API.</summary>
internal static class AccessMessages
{
    public static string BadKey(string scheme = "Bearer") =>
        $"The API key is missing or invalid; send it as \"Authorization: {scheme} KEY\".";

    public static string NoScope(Scopes scope) => $"This key does not have the scope {KeyScopes.Text(scope)}.";
}
