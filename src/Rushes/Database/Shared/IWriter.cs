using System.Runtime.CompilerServices;

namespace Rushes.Database.Shared;

/// <summary>The writer of either database, for stores that are the same in both.</summary>
internal interface IWriter
{
    /// <summary>
    /// Completes after the commit. Cancelling drops a write that has not started; one that has started completes.
    /// </summary>
    /// <param name="apply">Awaits only the transaction; SQLite runs it synchronously on its writer's thread.</param>
    Task<T> Run<T>(Func<ITransaction, Task<T>> apply, CancellationToken cancel);
}

/// <summary>The context of a write: statements, the time, and its changes.</summary>
internal interface ITransaction
{
    /// <summary>One time for everything that is committed together.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Published to followers after the commit.</summary>
    CommittedChanges Changes { get; }

    Task<IReadOnlyList<T>> ReadAsync<T>(string sql, object?[] values, Func<IRow, T> read);

    /// <summary>Runs a statement that changes rows and returns them.</summary>
    Task<IReadOnlyList<T>> ChangeAsync<T>(string sql, object?[] values, Func<IRow, T> read);

    /// <summary>Runs a statement once for each list of values.</summary>
    Task RunAsync(string sql, params IReadOnlyList<object?[]> rows);
}

/// <summary>Reads committed rows of either database.</summary>
internal interface IReader
{
    Task<IReadOnlyList<T>> ReadAllAsync<T>(
        string sql, object?[] values, Func<IRow, T> read, CancellationToken cancel);
}

/// <summary>Reads long tables.</summary>
internal static class Pages
{
    private const int Length = 1000;

    extension(IReader reader)
    {
        /// <summary>
        /// Reads an append-only table page by page, so that a slow reader keeps no query open. Ids are in the order of commits,
        /// so no row can appear below one that was read.
        /// </summary>
        /// <param name="sql">Its parameters are the values, then the last id and the length of a page.</param>
        public async IAsyncEnumerable<T> ReadPagesAsync<T>(
            string sql, object?[] values, Func<IRow, T> read, Func<T, long> id, long after,
            [EnumeratorCancellation] CancellationToken cancel)
        {
            while (true)
            {
                cancel.ThrowIfCancellationRequested();
                var page = await reader.ReadAllAsync(sql, [.. values, after, Length], read, cancel);
                foreach (var row in page) yield return row;
                if (page.Count < Length) yield break;
                after = id(page[^1]);
            }
        }
    }
}
