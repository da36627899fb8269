using System.Globalization;

namespace Rushes.Database.Shared;

internal sealed class JobLibrary(IWriter writer, IReader reader) : IJobLibrary
{
    private const int TagsAtOnce = 50, MaxListed = 200;

    /// <summary>Tags of some jobs. The number of parameters is fixed, so that the statement is prepared once.</summary>
    private static readonly string ReadTags =
        $"SELECT job, tag FROM job_tags WHERE job IN ({Parameters(TagsAtOnce)}) ORDER BY job, tag";

    public Task<bool> SetTagsAsync(
        long job, int account, IReadOnlyCollection<string> tags, CancellationToken cancel) => writer.Run(async transaction =>
    {
        var owned = await transaction.ReadAsync(
            "SELECT id FROM jobs WHERE id = $1 AND account = $2", [job, account], row => row.Long(0));
        if (owned.Count == 0) return false;
        await transaction.RunAsync("DELETE FROM job_tags WHERE job = $1", [job]);
        await transaction.RunAsync(
            "INSERT INTO job_tags (account, tag, job) VALUES ($1, $2, $3)",
            [.. tags.Distinct(StringComparer.Ordinal).Select(tag => new object?[] { account, tag, job })]);
        return true;
    }, cancel);

    public async Task<ILookup<long, string>> ReadTagsAsync(IReadOnlyCollection<long> jobs, CancellationToken cancel)
    {
        var found = new List<(long Job, string Tag)>();
        foreach (var some in jobs.Chunk(TagsAtOnce))
        {
            // Unused parameters are 0, which is no job's id.
            var ids = some.Concat(Enumerable.Repeat(0L, TagsAtOnce - some.Length)).Cast<object?>();
            found.AddRange(await reader.ReadAllAsync(ReadTags, [.. ids], row => (row.Long(0), row.Text(1)), cancel));
        }
        return found.ToLookup(each => each.Job, each => each.Tag);
    }

    public Task<IReadOnlyList<TagCount>> ReadTagCountsAsync(int account, CancellationToken cancel) => reader.ReadAllAsync(
        "SELECT tag, count(*) FROM job_tags WHERE account = $1 GROUP BY tag ORDER BY tag LIMIT $2",
        [account, MaxListed], row => new TagCount(row.Text(0), (int)row.Long(1)), cancel);

    public Task<IReadOnlyList<long>> FindTaggedAsync(
        int account, string tag, long before, int limit, CancellationToken cancel) => reader.ReadAllAsync(
        "SELECT job FROM job_tags WHERE account = $1 AND tag = $2 AND job < $3 ORDER BY job DESC LIMIT $4",
        [account, tag, before, limit], row => row.Long(0), cancel);

    public Task<IReadOnlyList<Preset>> ReadPresetsAsync(int account, CancellationToken cancel) => reader.ReadAllAsync(
        "SELECT name, content FROM presets WHERE account = $1 ORDER BY name", [account],
        row => new Preset(row.Text(0), row.Text(1)), cancel);

    public Task<bool> SetPresetAsync(int account, Preset preset, CancellationToken cancel) => writer.Run(async transaction =>
    {
        var others = await transaction.ReadAsync(
            "SELECT count(*) FROM presets WHERE account = $1 AND name <> $2", [account, preset.Name], row => row.Long(0));
        if (others[0] >= IJobLibrary.MaxPresets) return false;
        await transaction.RunAsync(
            """
            INSERT INTO presets (account, name, content) VALUES ($1, $2, $3)
            ON CONFLICT (account, name) DO UPDATE SET content = excluded.content
            """,
            [account, preset.Name, preset.Content]);
        return true;
    }, cancel);

    public Task<bool> DeletePresetAsync(int account, string name, CancellationToken cancel) => writer.Run(
        async transaction => (await transaction.ChangeAsync(
            "DELETE FROM presets WHERE account = $1 AND name = $2 RETURNING name", [account, name],
            row => row.Text(0))).Count > 0,
        cancel);

    private static string Parameters(int count) => string.Join(
        ", ", Enumerable.Range(1, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"${i}")));
}
