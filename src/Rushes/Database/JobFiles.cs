namespace Rushes.Database;

/// <summary>What a job has in the file store.</summary>
/// <param name="InputSet">Names its inputs; null: it brought none.</param>
/// <param name="EndedAt">Null: it lives, and may be writing more.</param>
public sealed record JobFiles(long Id, string? InputSet, string? ResultKey, string? DraftKey, DateTimeOffset? EndedAt);
