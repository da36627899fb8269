namespace Rushes.Database.Postgres;

/// <summary>A commit's place in the order of all commits. Numbers have no gaps.</summary>
/// <param name="Token">The commit's own: after a failover another commit may have the number.</param>
internal sealed record Position(long Number, Guid Token)
{
    public static readonly Position Start = new(0, default);
}

/// <param name="Body">Null: nothing that anyone follows.</param>
internal sealed record CommitRow(Position At, byte[]? Body);
