using Rushes.Safety;
using Xunit;

namespace Rushes.Tests.Safety;

public sealed class ModeratorTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_asked_in_the_form_of_its_makers()
    {
        await using var server = await ModerationServer.AnsweringAsync(ModerationServer.Clean);
        using var moderator = New(server.Url);

        Assert.IsType<Moderation.Clean>(await moderator.AskAsync("a boat", null, Cancel));
        Assert.Equal(("Bearer secret", """{"model":"mod-1","input":"a boat"}"""), await server.NextAsync());

        Assert.IsType<Moderation.Clean>(await moderator.AskAsync("a boat", [1, 2, 3], Cancel));
        Assert.Equal(
            """{"model":"mod-1","input":[{"type":"text","text":"a"""
                + """ boat"},{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,AQID"}}]}""",
            (await server.NextAsync()).Body);
    }

    [Theory]
    [InlineData("""{"results": [{"flagged": true, "categories": {"hate": false, "violence": true, "violence/graphic": true},"""
        + """ "category_scores": {"violence": 0.7, "violence/graphic": 0.9, "hate": 1}}]}""", "violence/graphic", false)]
    [InlineData("""{"results": [{"flagged": true, "categories": {"sexual": true},"""
        + """ "category_applied_input_types": {"sexual": ["image"]}}]}""", "sexual", true)]
    [InlineData("""{"results": [{"flagged": true, "categories": {"sexual": true},"""
        + """ "category_applied_input_types": {"sexual": ["text", "image"]}}]}""", "sexual", false)]
    [InlineData("""{"results": [{"flagged": false}, {"flagged": true}]}""", "unspecified", false)]
    public async Task What_it_flags_is_named(string answer, string category, bool byPicture)
    {
        await using var server = await ModerationServer.AnsweringAsync(answer);
        using var moderator = New(server.Url);
        Assert.Equal(new Moderation.Flagged(category, byPicture), await moderator.AskAsync("words", null, Cancel));
    }

    [Theory]
    [InlineData(500, "{}")]
    [InlineData(302, "")]
    [InlineData(200, "")]
    [InlineData(200, "<html>")]
    [InlineData(200, "[]")]
    [InlineData(200, "{}")]
    [InlineData(200, """{"results": []}""")]
    [InlineData(200, """{"results": [{"flagged": "no"}]}""")]
    [InlineData(200, """{"results": [1]}""")]
    public async Task Anything_else_is_a_failure(int status, string answer)
    {
        await using var server = await ModerationServer.AnsweringAsync(answer, status);
        using var moderator = New(server.Url);
        Assert.IsType<Moderation.Failed>(await moderator.AskAsync("words", null, Cancel));
    }

    [Fact]
    public async Task A_slow_one_is_not_waited_for()
    {
        var clock = new FakeClock();
        await using var server = await ModerationServer.StallingAsync();
        using var moderator = New(server.Url, clock);
        var asking = moderator.AskAsync("words", null, Cancel);
        await server.NextAsync();
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Contains("5 seconds", Assert.IsType<Moderation.Failed>(await asking).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_not_there_is_a_failure()
    {
        using var moderator = New("http://127.0.0.1:9/v1/moderations");
        Assert.IsType<Moderation.Failed>(await moderator.AskAsync("words", null, Cancel));
    }

    /// <summary>With a clock that stands still unless the test advances it, there is no time limit.</summary>
    private static Moderator New(string url, TimeProvider? clock = null) =>
        new(new ModerationOptions { Url = new Uri(url), Key = "secret", Model = "mod-1" }, clock ?? new FakeClock());
}
