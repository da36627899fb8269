using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Rushes.Database;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Media;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Dialects;

public sealed class ThumbnailTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_finished_video_has_a_thumbnail_and_an_expiry()
    {
        await using var gateway = await TestGateway.StartAsync(
            1, Cancel, options: new GatewayOptions { KeepOutputsDays = 3, KeepJobsDays = 30 });
        var id = await CreateAsync(gateway, "1h");
        var status = await Eventually.EndedAsync(gateway.Http, id, Cancel);
        Assert.Equal("COMPLETED", status.GetProperty("status").GetString());

        var job = (await gateway.Http.GetFromJsonAsync<JsonElement>("/jobs", Cancel)).GetProperty("jobs")[0];
        Assert.Equal(TimeOf(job, "created_at").AddHours(1), TimeOf(job, "deadline"));
        Assert.Equal(TimeOf(job, "ended_at").AddDays(3), TimeOf(job, "expires_at"));
        Assert.Equal(TimeOf(job, "expires_at"), TimeOf(status, "expires_at"));

        foreach (var path in new[] { $"/jobs/{id}/thumbnail", $"/v1/videos/{id}/content?variant=thumbnail" })
        {
            using var image = await gateway.Http.GetAsync(path, Cancel);
            Assert.Equal(("image/webp", HttpStatusCode.OK), (image.Content.Headers.ContentType?.MediaType, image.StatusCode));
            var bytes = await image.Content.ReadAsByteArrayAsync(Cancel);
            Assert.Equal(("RIFF", "WEBP"), (Encoding.ASCII.GetString(bytes, 0, 4), Encoding.ASCII.GetString(bytes, 8, 4)));
        }
    }

    [Fact]
    public async Task No_image_is_left_of_a_job_that_is_deleted_while_its_image_is_made()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        var id = await CreateAsync(gateway, "1h");
        await Eventually.EndedAsync(gateway.Http, id, Cancel);
        var jobs = gateway.Service<IDatabase>().Jobs;
        var job = (await jobs.FindAsync(long.Parse(id), Cancel))!;
        // The request for the image has read the job; its video is still there when the row is gone.
        Assert.NotNull(await jobs.DeleteAsync(job.Id, job.Account, Cancel));

        var made = await gateway.Service<ResultImages>().FindAsync(job, ResultImage.Thumbnail, Cancel);
        Assert.Equal((null, null), made);
        Assert.Null(await gateway.Service<IFileStore>().FindAsync(ResultImages.KeyOf(job, ResultImage.Thumbnail), Cancel));
    }

    [Fact]
    public async Task A_job_without_a_video_has_no_thumbnail()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var id = await CreateAsync(gateway, "1h");
        using var early = await gateway.Http.GetAsync($"/jobs/{id}/thumbnail", Cancel);
        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        using var none = await gateway.Http.GetAsync("/jobs/99/thumbnail", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    private static async Task<string> CreateAsync(TestGateway gateway, string timeout)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/queue/wan22-fast-t2v")
        {
            Content = JsonContent.Create(new { prompt = "a", width = 512, height = 512, duration = 0.5 }),
        };
        request.Headers.Add("Job-Timeout", timeout);
        using var created = await gateway.Http.SendAsync(request, Cancel);
        return (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
    }

    private static DateTimeOffset TimeOf(JsonElement value, string name) => value.GetProperty(name).GetDateTimeOffset();
}
