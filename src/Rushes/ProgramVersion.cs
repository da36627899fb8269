namespace Rushes;

/// <summary>The version of this program.</summary>
public static class ProgramVersion
{
    /// <summary>Such as <c>1.4.0</c>.</summary>
    public static string Text { get; } = typeof(ProgramVersion).Assembly.GetName().Version!.ToString(3);
}
