namespace Rushes.Server.SignIn;

/// <summary>The page that a person returns to after signing in: only pages of the console, whatever a link says.</summary>
internal static class ReturnPath
{
    private const string First = "/console";

    /// <summary>The path if it is one of the console, else the console's first page.</summary>
    public static string Of(string? path) =>
        path is not null && path.StartsWith(First, StringComparison.Ordinal)
            && (path.Length == First.Length || path[First.Length] is '/' or '?')
            && path.All(letter => letter is > ' ' and < (char)127 and not '\\')
            ? path
            : First;
}
