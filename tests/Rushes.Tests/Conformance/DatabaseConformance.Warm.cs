using Rushes.Database;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Claims by workers that do not serve all models, or have some loaded.</summary>
public abstract partial class DatabaseConformance
{
    [Fact]
    public async Task Only_models_that_were_asked_for_are_leased()
    {
        await SubmitAsync(Of("slow"));
        var fast = await SubmitAsync(Of("fast"));

        Assert.Equal(
            fast, (await ClaimAsync(new ClaimRequest("node/1", ["t2v"], Later(60)) { Models = ["fast", "other"] }))!.Job.Id);
        Assert.Null(await ClaimAsync(new ClaimRequest("node/1", ["t2v"], Later(60)) { Models = ["fast", "other"] }));
    }

    [Fact]
    public async Task Among_equals_a_loaded_model_goes_first_while_the_first_may_be_passed_over()
    {
        var cold = await SubmitAsync(Of("cold"));
        var warm = await SubmitAsync(Of("warm") with { Lane = "i2v" });
        var late = await SubmitAsync(Of("warm"));
        var asked = new List<long>();
        var request = Warmed(first =>
        {
            asked.Add(first);
            return asked.Count == 1;
        });

        var order = new[] { await ClaimAsync(request), await ClaimAsync(request), await ClaimAsync(request) };

        Assert.Equal([warm, cold, late], order.Select(lease => lease!.Job.Id));
        // The last one was the first of its queue: nobody would have been passed over.
        Assert.Equal([cold, cold], asked);
    }

    [Fact]
    public async Task A_loaded_model_never_goes_before_a_higher_tier_or_priority()
    {
        await SubmitAsync(Of("warm"));
        var priority = await SubmitAsync(Of("cold") with { Priority = 1 });
        var tier = await SubmitAsync(Of("cold") with { Tier = 2 });

        Assert.Equal(tier, (await ClaimAsync(Warmed(_ => true)))!.Job.Id);
        Assert.Equal(priority, (await ClaimAsync(Warmed(_ => true)))!.Job.Id);
    }

    [Fact]
    public async Task A_loaded_model_goes_first_only_from_near_the_front_of_what_may_be_taken()
    {
        var first = await SubmitAsync(Of("cold"));
        await SubmitAsync(Of("cold"));
        // Not counted: this worker could not take it.
        await SubmitAsync(Of("strange"));
        var near = await SubmitAsync(Of("warm"));

        Assert.Equal(first, (await ClaimAsync(Warmed(_ => true, within: 2)))!.Job.Id);
        Assert.Equal(near, (await ClaimAsync(Warmed(_ => true, within: 2)))!.Job.Id);
    }

    [Fact]
    public async Task A_loaded_model_does_not_help_an_account_that_runs_all_it_may()
    {
        var busy = await Database.Accounts.EnsureAccountAsync("busy", Cancel);
        await SubmitAsync(Of("warm") with { Account = busy });
        await ClaimAsync();
        var first = await SubmitAsync(Of("cold"));
        await SubmitAsync(Of("warm") with { Account = busy });

        Assert.Equal(
            first, (await ClaimAsync(Warmed(_ => true) with { MaxRunning = account => account == busy ? 1 : null }))!.Job.Id);
    }

    [Fact]
    public async Task Among_jobs_of_a_loaded_model_those_with_the_loaded_lora_go_first()
    {
        var cold = await SubmitAsync(Of("cold"));
        var plain = await SubmitAsync(Of("warm"));
        var other = await SubmitAsync(OfLora("noir") with { Lane = "i2v" });
        var loaded = await SubmitAsync(OfLora("film") with { Lane = "i2v" });
        var higher = await SubmitAsync(Of("cold") with { Priority = 1 });

        Assert.Equal([higher, loaded, plain, other, cold], await OrderAsync("film", 5));

        await SubmitAsync(OfLora("film"));
        var bare = await SubmitAsync(Of("warm"));
        Assert.Equal([bare], await OrderAsync("", 1));
    }

    [Fact]
    public async Task A_loaded_model_does_not_help_in_a_paused_lane()
    {
        var first = await SubmitAsync(Of("cold"));
        await SubmitAsync(Of("warm") with { Lane = "i2v" });
        Assert.True(await Database.Lists.PauseLaneAsync(new LanePause("i2v", true), "key 1", Cancel));

        Assert.Equal(first, (await ClaimAsync(Warmed(_ => throw new InvalidOperationException("nothing to pass"))))!.Job.Id);
        Assert.Null(await ClaimAsync(Warmed(_ => true)));
    }

    private async Task<long[]> OrderAsync(string lora, int count)
    {
        var order = new List<long>();
        while (order.Count < count)
            order.Add((await ClaimAsync(Warmed(_ => true, lora: lora)))!.Job.Id);
        return [.. order];
    }

    private NewJob OfLora(string lora) => Of("warm") with { Input = $$"""{"prompt":"a cat","lora":"{{lora}}"}""" };

    private NewJob Of(string model) => NewJob("t2v") with { Model = model };

    private ClaimRequest Warmed(Func<long, bool> mayPass, int within = 10, string? lora = null) => new(
        "node/1", ["t2v", "i2v"], Later(60))
    {
        Models = ["cold", "warm"],
        Warm = new WarmStart(["warm"], lora is null ? null : new LoadedInput("lora", lora), within, mayPass),
    };

    private Task<Lease?> ClaimAsync(ClaimRequest request) => Database.Leases.ClaimAsync(request, Cancel);
}
