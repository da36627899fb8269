using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Catalog;
using Rushes.Database.Sqlite;
using Rushes.Draft;
using Rushes.Engines;
using Rushes.Files.Local;
using Rushes.Jobs;
using Rushes.Tests.Conformance;
using Rushes.Tests.Engines;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Work;

public sealed class JobRunTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_engine_needs_is_free_before_the_result_is_delivered()
    {
        using var temp = new TempFolder();
        await using var queue = await LocalQueue.OpenAsync(temp);
        await queue.SubmitAsync("wan22-fast-t2v", "a boat", new VideoFormat(64, 64, 4, 16));
        var lease = await queue.Source.ClaimAsync(new ClaimOffer("node/1", ["t2v"], []) { EveryModel = true }, Cancel);
        var engine = new DraftEngine();
        var returned = new List<object>();
        using var room = new Reservation(new Dictionary<EngineHealth, object?> { [engine.Parts[0]] = "the GPU" }, returned.Add);

        var made = await new JobRun(queue.Source, engine, CatalogReader.Read(), TimeProvider.System, NullLogger.Instance)
            .MakeAsync(lease, temp["run"], _ => { }, Cancel, room);

        Assert.IsType<RunResult.Video>(made);
        Assert.Equal(["the GPU"], returned);
    }

    /// <summary>As an older gateway may have stored it.</summary>
    [Theory]
    [InlineData("../../escaped_uri")]
    [InlineData("{temp}/escaped_uri")]
    [InlineData("x\0_uri")]
    public async Task A_stored_field_name_cannot_lead_out_of_the_run_folder(string field)
    {
        using var temp = new TempFolder();
        field = field.Replace("{temp}", temp.Path, StringComparison.Ordinal);
        await using var database = await SqliteDatabase.OpenAsync(temp["rushes.db"], new RetryPolicy(), TimeProvider.System);
        var files = new LocalFileStore(temp["files"], "bucket", new byte[32], TimeProvider.System);
        var source = new LocalJobSource(
            database.Jobs, database.Leases, database.Lists, new Doorbell(), files, new WorkOptions(), TimeProvider.System);
        await files.PutAsync("inputs/a1/x.png", await SampleMedia.PictureAsync(temp), "image/png", Cancel);
        var account = await database.Accounts.EnsureAccountAsync("alice", Cancel);
        var input = JsonSerializer.Serialize(
            new Dictionary<string, string> { ["prompt"] = "a", [field] = "s3://bucket/inputs/a1/x.png" });
        await database.Jobs.SubmitAsync(
            DatabaseConformance.NewJob(
                account, "t2v", TimeProvider.System.GetUtcNow()) with { Model = "wan22-fast-t2v", Input = input },
            Cancel);
        var lease = await source.ClaimAsync(new ClaimOffer("node/1", ["t2v"], []) { EveryModel = true }, Cancel);
        var before = Directory.EnumerateFiles(temp.Path, "*", SearchOption.AllDirectories).Order().ToList();

        await new JobRun(source, new DraftEngine(), CatalogReader.Read(), TimeProvider.System, NullLogger.Instance)
            .MakeAsync(lease, temp["scratch/run"], _ => { }, Cancel);

        Assert.True(File.Exists(temp["scratch/run/input-1.png"]));
        Directory.Delete(temp["scratch/run"], recursive: true);
        Assert.Equal(before, Directory.EnumerateFiles(temp.Path, "*", SearchOption.AllDirectories).Order());
    }
}
