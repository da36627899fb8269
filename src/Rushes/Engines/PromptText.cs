using Rushes.Jobs;

namespace Rushes.Engines;

/// <summary>The prompt for a model.</summary>
internal static class PromptText
{
    /// <param name="append">Texts that are added if a flag of the request is set, by the flag's field.</param>
    public static string Of(JobInput input, IReadOnlyDictionary<string, string> append)
    {
        var added = append.Where(text => input.Flag(text.Key)).Select(text => text.Value).ToList();
        if (added.Count == 0) return input.Prompt;
        return string.Join(", ", string.IsNullOrWhiteSpace(input.Prompt) ? added : added.Prepend(input.Prompt.TrimEnd()));
    }
}
