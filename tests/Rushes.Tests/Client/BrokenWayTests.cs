using System.Collections.Concurrent;
using System.Net;
using Rushes.Client;
using Rushes.Tests.Faults;
using Xunit;

namespace Rushes.Tests.Client;

/// <summary>The client when the network or the gateway fails.</summary>
public sealed class BrokenWayTests
{
    private static readonly TextToVideo Short = new(
        "A paper boat") { Duration = TimeSpan.FromSeconds(0.5), Width = 512, Height = 512 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_submit_that_was_tried_thrice_is_one_job()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 0, Cancel);
        var keys = new ConcurrentQueue<string>();
        await using var between = await Between.StartAsync(gateway, async (http, pass) =>
        {
            keys.Enqueue(http.Request.Headers["Idempotency-Key"].ToString());
            if (keys.Count == 1)
            {
                http.Response.StatusCode = 503;
                http.Response.Headers.RetryAfter = "0";
            }
            else if (keys.Count == 2)
            {
                // The gateway has it, and the answer is lost.
                using var kept = new MemoryStream();
                http.Response.Body = kept;
                await pass();
                http.Abort();
            }
            else
            {
                await pass();
            }
        });

        var job = await between.Client().SubmitAsync(new ImageToVideo("a", MediaInput.Bytes(Dot)), cancel: Cancel);
        Assert.Equal("1", job.Id);
        Assert.Equal(3, keys.Count);
        Assert.Single(keys.Distinct());
    }

    [Fact]
    public async Task Too_long_a_wait_is_told_instead_of_waited_for()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 0, Cancel);
        await using var between = await Between.StartAsync(gateway, (http, _) =>
        {
            http.Response.StatusCode = 429;
            http.Response.Headers.RetryAfter = "3600";
            return Task.CompletedTask;
        });
        var rejected = await Assert.ThrowsAsync<RushesException>(() => between.Client().SubmitAsync(Short, cancel: Cancel));
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromHours(1)), (rejected.Status, rejected.RetryAfter));
    }

    [Fact]
    public async Task A_stream_that_breaks_off_is_taken_up_where_it_broke()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 1, Cancel);
        var asked = new ConcurrentQueue<string>();
        var updates = new Updates();
        await using var between = await Between.StartAsync(gateway, async (http, pass) =>
        {
            if (!http.Request.Path.Value!.EndsWith("/stream", StringComparison.Ordinal))
            {
                await pass();
                return;
            }
            asked.Enqueue(http.Request.Headers["Last-Event-ID"].ToString());
            http.Response.Body = new CutStream(http.Response.Body, 1, async () =>
            {
                await updates.OneMoreAsync(http.RequestAborted);
                http.Abort();
            });
            await pass();
        });
        await between.Client().GenerateAsync(Short, updates, Cancel);
        Assert.True(asked.Count > 1);
        Assert.Equal("", asked.First());
        Assert.All(asked.Skip(1), id => Assert.NotEqual("", id));
        Assert.Equal(
            updates.All.Count,
            updates.All.Select(
                status => (status.State, status.QueuePosition, status.TasksDone, status.TasksTotal)).Distinct().Count());
    }

    [Theory]
    [InlineData(405)]
    [InlineData(200)]
    public async Task Where_nothing_can_be_streamed_the_status_is_asked_for(int status)
    {
        await using var gateway = await TestGateway.StartAsync(workers: 1, Cancel);
        await using var between = await Between.StartAsync(gateway, (http, pass) =>
        {
            if (!http.Request.Path.Value!.EndsWith("/stream", StringComparison.Ordinal)) return pass();
            http.Response.StatusCode = status;
            http.Response.ContentType = "text/html";
            return Task.CompletedTask;
        });
        var updates = new Updates();
        await between.Client(options => options.PollInterval = TimeSpan.FromMilliseconds(20))
            .GenerateAsync(Short, updates, Cancel);
        Assert.Equal(JobState.Completed, updates.All[^1].State);
        Assert.Equal(updates.All.Count, updates.All.Distinct().Count());
    }

    [Fact]
    public async Task A_proxy_that_holds_the_stream_back_is_noticed()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 0, Cancel);
        var held = new TaskCompletionSource();
        await using var between = await Between.StartAsync(gateway, async (http, pass) =>
        {
            if (!http.Request.Path.Value!.EndsWith("/stream", StringComparison.Ordinal))
            {
                await pass();
                return;
            }
            var left = new TaskCompletionSource();
            http.RequestAborted.Register(left.SetResult);
            held.TrySetResult();
            await left.Task;
        });
        var clock = new FakeClock();
        var client = between.Client(options => options.Clock = clock);
        var job = await client.SubmitAsync(Short, cancel: Cancel);
        await client.CancelAsync(job, cancel: Cancel);
        var ended = client.WaitAsync(job, cancel: Cancel);
        await (await Task.WhenAny(held.Task, ended)).WaitAsync(Cancel);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("cancelled", (await Assert.ThrowsAsync<RushesException>(() => ended)).Code);
    }

    [Fact]
    public async Task A_download_that_breaks_off_goes_on_behind_what_it_has()
    {
        using var folder = new TempFolder();
        await using var gateway = await TestGateway.StartAsync(workers: 1, Cancel);
        var ranges = new ConcurrentQueue<string>();
        await using var between = await Between.StartAsync(gateway, async (http, pass) =>
        {
            if (http.Request.Path.StartsWithSegments("/rushes-files"))
            {
                Assert.Equal(0, http.Request.Headers.Authorization.Count);
                ranges.Enqueue(http.Request.Headers.Range.ToString());
                if (ranges.Count == 1)
                    http.Response.Body = new CutStream(http.Response.Body, 3000, async () =>
                    {
                        await SavedAsync(folder, 3000);
                        http.Abort();
                    });
            }
            await pass();
        });
        var video = await between.Client().GenerateAsync(Short, cancel: Cancel);
        await video.SaveAsync(folder["video.mp4"], Cancel);

        Assert.Equal(["", "bytes=3000-"], ranges);
        var link = (await ClientTests.Client(gateway).ResultAsync(video.Job, Cancel)).Url;
        using var plain = new HttpClient();
        Assert.Equal(await plain.GetByteArrayAsync(link, Cancel), await File.ReadAllBytesAsync(folder["video.mp4"], Cancel));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_gateway_that_is_killed_and_started_anew_loses_no_one_who_waits()
    {
        using var data = new TempFolder();
        using var folder = new TempFolder();
        var engine = new WaitingEngine(folder);
        var drawn = await engine.WriteAsync(Cancel);
        // At an address of its own, where no other test takes the port in between.
        var first = await GatewayProcess.StartAsync(
            data.Path, 1, Cancel, "--urls", "http://127.0.0.7:0", "--engine", drawn);
        var url = first.Http.BaseAddress!;
        try
        {
            var client = new RushesClient(new RushesClientOptions { Url = url, Key = TestGateway.Key });
            var updates = new Updates(status => status.State == JobState.Running);
            var video = client.GenerateAsync(Short, updates, Cancel);
            await updates.SeenAsync(video, Cancel);
            await first.KillAsync();

            // One that was not answered is sent once there is somebody again.
            var other = client.SubmitAsync(Short, cancel: Cancel);
            await using var second = await GatewayProcess.StartAsync(
                data.Path, 1, Cancel, "--urls", url.AbsoluteUri.TrimEnd('/'), "--engine", drawn);
            Assert.Equal("2", (await other).Id);
            await engine.GoAsync(Cancel);
            await (await video).SaveAsync(data["video.mp4"], Cancel);
            Assert.True(new FileInfo(data["video.mp4"]).Length > 10_000);
        }
        finally
        {
            await first.DisposeAsync();
        }
    }

    /// <summary>A PNG of one pixel.</summary>
    private static readonly byte[] Dot = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private static Task SavedAsync(TempFolder folder, int bytes) => Eventually.TrueAsync(
        () => new FileInfo(Directory.GetFiles(folder.Path).Single()).Length >= bytes, Cancel);

    /// <summary>
    /// Passes on so many bytes, or the write that has the last of them if it is an event, then ends the connection.
    /// </summary>
    private sealed class CutStream(Stream inner, int after, Func<Task> cut) : MemoryStream
    {
        private int passed;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var piece = after > 1 && passed + buffer.Length > after ? buffer[..(after - passed)] : buffer;
            await inner.WriteAsync(piece, cancellationToken);
            await inner.FlushAsync(cancellationToken);
            passed += piece.Length;
            if (passed < after) return;
            await cut();
            throw new IOException("cut");
        }
    }
}
