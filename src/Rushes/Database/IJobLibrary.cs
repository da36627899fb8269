namespace Rushes.Database;

/// <summary>What accounts keep beside their jobs: tags of jobs, and presets of the console's form.</summary>
public interface IJobLibrary
{
    /// <summary>The maximum number of tags of a job and of presets of an account.</summary>
    const int MaxTags = 10, MaxPresets = 50;

    /// <summary>Replaces the tags of a job. Returns false if the account has no such job.</summary>
    Task<bool> SetTagsAsync(long job, int account, IReadOnlyCollection<string> tags, CancellationToken cancel);

    /// <summary>The tags of these jobs, ordered by name.</summary>
    Task<ILookup<long, string>> ReadTagsAsync(IReadOnlyCollection<long> jobs, CancellationToken cancel);

    /// <summary>The tags of an account with their number of jobs, ordered by name; the first 200.</summary>
    Task<IReadOnlyList<TagCount>> ReadTagCountsAsync(int account, CancellationToken cancel);

    /// <summary>The ids of the account's jobs with a tag, the newest first.</summary>
    /// <param name="before">Ids below this one.</param>
    Task<IReadOnlyList<long>> FindTaggedAsync(int account, string tag, long before, int limit, CancellationToken cancel);

    /// <summary>Ordered by name.</summary>
    Task<IReadOnlyList<Preset>> ReadPresetsAsync(int account, CancellationToken cancel);

    /// <summary>
    /// Stores a preset, or replaces the one of this name. Returns false if the account has the maximum number already.
    /// </summary>
    Task<bool> SetPresetAsync(int account, Preset preset, CancellationToken cancel);

    /// <summary>Returns false if there is none of this name.</summary>
    Task<bool> DeletePresetAsync(int account, string name, CancellationToken cancel);
}

public sealed record TagCount(string Tag, int Jobs);

/// <param name="Content">A JSON object of the console.</param>
public sealed record Preset(string Name, string Content);
