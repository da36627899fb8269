namespace Rushes.Database;

/// <summary>The stored files of a job.</summary>
/// <param name="InputSet">Identifies its input files; null if it has none.</param>
/// <param name="EndedAt">Null while the job is unfinished and may write more files.</param>
public sealed record JobFiles(long Id, string? InputSet, string? ResultKey, string? DraftKey, DateTimeOffset? EndedAt);
