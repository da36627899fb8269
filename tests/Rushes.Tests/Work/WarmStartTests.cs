using System.Text;
using Rushes.Catalog;
using Rushes.Jobs;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Work;

public sealed class WarmStartTests
{
    private readonly FakeClock clock = new();
    private readonly ModelCatalog catalog = CatalogReader.Read();

    [Fact]
    public void A_job_is_passed_over_a_few_times_and_no_more()
    {
        var warm = Starts(new WarmOptions { MaxJobs = 2 }).For(Offer("wan22-fast-t2v"))!;
        Assert.Equal([true, true, false], [warm.MayPass(7), warm.MayPass(7), warm.MayPass(7)]);
        Assert.True(warm.MayPass(8));
    }

    [Fact]
    public void A_job_is_passed_over_for_a_while_and_no_longer()
    {
        var warm = Starts(new WarmOptions { MaxJobs = 100, MaxTime = TimeSpan.FromSeconds(60) }).For(Offer("wan22-fast-t2v"))!;
        Assert.True(warm.MayPass(7));
        clock.Advance(TimeSpan.FromSeconds(61));
        Assert.False(warm.MayPass(7));
    }

    [Fact]
    public void Only_while_a_job_waits_is_it_counted_how_often_it_was_passed_over()
    {
        var starts = Starts(new WarmOptions { MaxJobs = 1 });
        var warm = starts.For(Offer("wan22-fast-t2v"))!;
        Assert.True(warm.MayPass(7));
        starts.Apply([Change(7, JobState.Running)]);
        // It came back after its run was interrupted.
        Assert.True(warm.MayPass(7));
        starts.Apply([Change(7, JobState.Retry)]);
        Assert.False(warm.MayPass(7));
    }

    [Fact]
    public void Nothing_is_preferred_where_nothing_or_everything_is_loaded()
    {
        var starts = Starts(new WarmOptions());
        Assert.Equal(
            catalog.Models.Where(model => model.Family.Name == "wan22-fast-t2v").Select(model => model.Id),
            starts.For(Offer("wan22-fast-t2v"))!.Models);
        Assert.Null(starts.For(Offer(null)));
        Assert.Null(starts.For(Offer("wan22-fast-t2v") with { Models = ["wan22-fast-t2v"] }));
        Assert.Null(Starts(new WarmOptions { MaxJobs = 0 }).For(Offer("wan22-fast-t2v")));
    }

    [Fact]
    public void The_loaded_LoRA_matters_in_a_family_that_has_some()
    {
        const string loras = """{ "loras": { "film": { "families": ["wan22-fast-t2v"], "files": ["film.safetensors"] } } }""";
        var offered = CatalogReader.Build(
            [CatalogSource.BuiltIn(), CatalogSource.Parse("mine.json", Encoding.UTF8.GetBytes(loras))]);
        var starts = new WarmStarts(offered, new WarmOptions(), clock);
        Assert.Equal("film", starts.For(Offer("wan22-fast-t2v") with { LoadedLora = "film" })!.Input?.Value);
        Assert.Equal("", starts.For(Offer("wan22-fast-t2v") with { Models = ["wan22-fast-t2v"] })!.Input?.Value);
        Assert.Null(Starts(new WarmOptions()).For(Offer("wan22-fast-t2v"))!.Input);
    }

    private WarmStarts Starts(WarmOptions options) => new(catalog, options, clock);

    private ClaimOffer Offer(string? loaded) =>
        new("node/1", ["t2v"], [.. catalog.Models.Select(model => model.Id)]) { Loaded = loaded };

    private JobChange Change(long id, JobState state) => new()
    {
        Id = id, State = state, Account = 1, Model = "wan22-fast-t2v", Lane = "t2v", Tier = 0, Priority = 0, Work = 1,
        At = clock.GetUtcNow(),
    };
}
