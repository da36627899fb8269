namespace Rushes.Database.Postgres;

/// <summary>The position of a commit in the order of all commits. Numbers have no gaps.</summary>
/// <param name="Token">Unique for each commit, because after a failover another commit may have the same number.</param>
internal sealed record Position(long Number, Guid Token)
{
    public static readonly Position Start = new(0, default);
}

/// <param name="Body">Null if nothing in it has followers.</param>
internal sealed record CommitRow(Position At, byte[]? Body);
