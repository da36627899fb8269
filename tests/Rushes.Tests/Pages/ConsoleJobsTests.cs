using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Database;
using Rushes.Jobs;
using Rushes.Server.Settings;
using Rushes.Tests.Admin;
using Rushes.Tests.Scenarios;
using Rushes.Tests.Webhooks;
using Xunit;

namespace Rushes.Tests.Pages;

/// <summary>Jobs by the console's API: who sees which, and what may be done to them.</summary>
public sealed class ConsoleJobsTests(ScenarioMedia media) : IClassFixture<ScenarioMedia>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operator_sees_all_jobs_and_a_customer_their_own()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var account = await gateway.Http.AddAccountAsync("client", "default", Cancel);
        var (_, key) = await gateway.Http.AddKeyAsync(account, Cancel);
        using var client = AdminApi.With(gateway.Origin, key);
        var operators = await CreateAsync(gateway.Http, "The operator's");
        var clients = await CreateAsync(client, "The client's");

        Assert.Equal([clients, operators], await ListAsync(gateway.Http, ""));
        Assert.Equal([clients], await ListAsync(gateway.Http, "?account=client"));
        Assert.Equal([operators], await ListAsync(gateway.Http, "?account=first"));
        Assert.Equal([clients], await ListAsync(client, ""));
        Assert.Equal([clients], await ListAsync(client, "?account=first"));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway.Http, HttpMethod.Get, $"jobs/{clients}"));
        foreach (var path in new[] { $"jobs/{operators}", $"jobs/{operators}/stream", "jobs/99", "jobs/nonsense" })
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(client, HttpMethod.Get, path));
        foreach (var path in new[]
            { $"jobs/{operators}/cancel", $"jobs/{operators}/again", $"jobs/{operators}/deliveries/1/redeliver" })
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(client, HttpMethod.Post, path));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(client, HttpMethod.Post, $"jobs/{clients}/front"));
    }

    [Fact]
    public async Task Jobs_are_filtered_and_turned_page_by_page()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var ids = new List<long>();
        for (var i = 0; i < 5; i++) ids.Insert(0, await CreateAsync(gateway.Http, $"No. {i}"));
        await gateway.Http.PostAsync($"/console/api/jobs/{ids[1]}/cancel", null, Cancel);

        Assert.Equal([ids[1]], await ListAsync(gateway.Http, "?state=cancelled"));
        Assert.Equal(ids.Where(id => id != ids[1]), await ListAsync(gateway.Http, "?state=queued,running"));
        Assert.Equal(ids, await ListAsync(gateway.Http, "?model=wan22-fast-t2v"));
        Assert.Empty(await ListAsync(gateway.Http, "?model=wan22-fast-i2v"));
        Assert.Empty(await ListAsync(gateway.Http, "?until=2001-01-01T00:00:00Z"));
        var first = await gateway.Http.GetFromJsonAsync<JsonElement>("/console/api/jobs?limit=2", Cancel);
        Assert.Equal(ids[2..4], await ListAsync(gateway.Http, $"?limit=2&before={first.GetProperty("next")}"));

        foreach (var bad in new[] { "limit=0", "limit=201", "state=done", "account=nobody", "from=yesterday" })
            Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(gateway.Http, HttpMethod.Get, $"jobs?{bad}"));
    }

    [Fact]
    public async Task A_job_is_found_by_every_form_of_its_id_and_told_whole()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        var stored = await StoreAsync(gateway.Http, media.Base64["picture"]);
        Assert.Equal(("picture", 320), (stored.GetProperty("kind").GetString(), stored.GetProperty("width").GetInt32()));
        var id = await CreateAsync(
            gateway.Http, "A fox", "wan22-fast-i2v",
            new() { ["data_uri"] = stored.GetProperty("uri").GetString(), ["duration"] = 0.5 });
        await EndAsync(gateway.Http, id);

        var detail = await ShowAsync(gateway.Http, id);
        var job = detail.GetProperty("job");
        Assert.Equal("completed", job.GetProperty("state").GetString());
        foreach (var form in new[] { job.GetProperty("uuid").GetString(), detail.GetProperty("hex").GetString() })
            Assert.Equal(id, (await gateway.Http.GetFromJsonAsync<JsonElement>($"/console/api/jobs/{form}", Cancel))
                .GetProperty("job").GetProperty("id").GetInt64());

        var run = Assert.Single(detail.GetProperty("runs").EnumerateArray());
        Assert.Equal(("completed", 1), (run.GetProperty("outcome").GetString(), run.GetProperty("number").GetInt32()));
        using var stranger = new HttpClient();
        var picture = Assert.Single(detail.GetProperty("media").EnumerateArray());
        Assert.Equal("image/jpeg", picture.GetProperty("content_type").GetString());
        Assert.Equal(
            Convert.FromBase64String(media.Base64["picture"]),
            await stranger.GetByteArrayAsync(picture.GetProperty("url").GetString(), Cancel));
        var video = await stranger.GetByteArrayAsync(detail.GetProperty("result").GetProperty("url").GetString(), Cancel);
        Assert.Equal(detail.GetProperty("result").GetProperty("bytes").GetInt64(), video.Length);
    }

    [Fact]
    public async Task Operators_alone_are_told_which_worker_ran_a_job()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        var account = await gateway.Http.AddAccountAsync("client", "default", Cancel);
        var (_, key) = await gateway.Http.AddKeyAsync(account, Cancel, ["submit", "read"]);
        using var customer = new HttpClient { BaseAddress = gateway.Http.BaseAddress };
        customer.DefaultRequestHeaders.Authorization = new("Bearer", key);
        var id = await CreateAsync(customer, "A fox", more: new() { ["duration"] = 0.5 });
        await EndAsync(customer, id);

        foreach (var (http, path, received) in new[]
        {
            (customer, $"/jobs/{id}/history", false),
            (customer, $"/console/api/jobs/{id}", false),
            (gateway.Http, $"/admin/jobs/{id}/history", true),
            (gateway.Http, $"/console/api/jobs/{id}", true),
        })
        {
            var run = Assert.Single(
                (await http.GetFromJsonAsync<JsonElement>(path, Cancel)).GetProperty("runs").EnumerateArray());
            Assert.Equal(received, run.TryGetProperty("worker", out var worker) && worker.ValueKind == JsonValueKind.String);
        }
    }

    [Fact]
    public async Task A_running_job_tells_what_its_engine_is_at()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        // The job starts once its stream has begun, however late that is.
        using var paused = await gateway.Http.PostAsync("/admin/lanes/t2v/pause", null, Cancel);
        var id = await CreateAsync(
            gateway.Http, "A long way to go",
            more: new() { ["duration"] = 5, ["width"] = 1280, ["height"] = 720, ["new_resolution"] = 1440 });
        using var stream = new StreamReader(await gateway.Http.GetStreamAsync($"/console/api/jobs/{id}/stream", Cancel));
        var line = await stream.ReadLineAsync(Cancel);
        using var resumed = await gateway.Http.PostAsync("/admin/lanes/t2v/resume", null, Cancel);
        Assert.True(paused.IsSuccessStatusCode && resumed.IsSuccessStatusCode);
        do line = await stream.ReadLineAsync(Cancel);
        while (line?.Contains("\"task\":\"draw\"", StringComparison.Ordinal) == false);
        Assert.NotNull(line);
    }

    [Fact]
    public async Task A_file_that_is_none_is_rejected_when_it_is_dropped()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["catalog.json"], """{ "limits": { "uploadBytes": 1000 } }""", Cancel);
        await using var gateway = await TestGateway.StartAsync(
            0, Cancel, options: new GatewayOptions { Catalog = folder["catalog.json"] });
        using var body = new ByteArrayContent("<html>not a picture</html>"u8.ToArray());
        using var answer = await gateway.Http.PostAsync("/console/api/media", body, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith(
            "The file is an HTML page",
            (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error").GetString(),
            StringComparison.Ordinal);

        using var large = new ByteArrayContent(new byte[1001]);
        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge, (await gateway.Http.PostAsync("/console/api/media", large, Cancel)).StatusCode);
    }

    [Fact]
    public async Task Again_is_a_new_job_of_the_same_request()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var stored = await StoreAsync(gateway.Http, media.Base64["picture"]);
        var id = await CreateAsync(gateway.Http, "A fox", "wan22-fast-i2v-pro", new()
        {
            ["data_uri"] = stored.GetProperty("uri").GetString(), ["duration"] = 2, ["priority"] = 3, ["seed"] = 42,
            ["my_own_field"] = "kept",
        });
        await gateway.Http.PostAsync($"/console/api/jobs/{id}/cancel", null, Cancel);

        var before = await ShowAsync(gateway.Http, id);
        var again = await ShowAsync(gateway.Http, await AgainAsync(gateway.Http, id, ""));
        foreach (var name in new[] { "prompt", "duration", "priority", "seed", "my_own_field" })
            Assert.Equal(
                before.GetProperty("input").GetProperty(name).ToString(),
                again.GetProperty("input").GetProperty(name).ToString());
        Assert.Equal("queued", again.GetProperty("job").GetProperty("state").GetString());
        Assert.Equal(
            before.GetProperty("job").GetProperty("video").ToString(), again.GetProperty("job").GetProperty("video").ToString());
        // It has its own copy of the picture: one may be removed without the other.
        Assert.NotEqual(
            before.GetProperty("media")[0].GetProperty("uri").GetString(),
            again.GetProperty("media")[0].GetProperty("uri").GetString());

        var other = await ShowAsync(gateway.Http, await AgainAsync(gateway.Http, id, "?seed=new"));
        Assert.NotEqual(42, other.GetProperty("input").GetProperty("seed").GetInt64());
        Assert.Equal("cancelled", (await ShowAsync(gateway.Http, id)).GetProperty("job").GetProperty("state").GetString());
    }

    [Fact]
    public async Task Again_keeps_what_the_job_s_dialect_made_of_it()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var created = await gateway.Http.CallAsync(HttpMethod.Post, "/api/v1/jobs/createTask", new
        {
            model = "wan/2-2-a14b-speech-to-video-turbo",
            input = new
            {
                prompt = "A host", image_url = "data:image/png;base64," + media.Base64["picture"],
                audio_url = "data:audio/wav;base64," + media.Base64["sound"],
                num_frames = 48, frames_per_second = 24, num_interpolated_frames = 1, resolution = "480p",
            },
        }, Cancel);
        var task = created.GetProperty("data").GetProperty("taskId").GetString();
        var before = await gateway.Http.GetFromJsonAsync<JsonElement>($"/console/api/jobs/{task}", Cancel);

        var again = await ShowAsync(
            gateway.Http, await AgainAsync(gateway.Http, before.GetProperty("job").GetProperty("id").GetInt64(), ""));
        Assert.Equal("kie", again.GetProperty("job").GetProperty("dialect").GetString());
        Assert.Equal(95, again.GetProperty("job").GetProperty("video").GetProperty("frames").GetInt32());
        Assert.Equal(
            before.GetProperty("job").GetProperty("video").ToString(), again.GetProperty("job").GetProperty("video").ToString());
        var record = await gateway.Http.GetFromJsonAsync<JsonElement>(
            $"/api/v1/jobs/recordInfo?taskId={again.GetProperty("hex").GetString()}", Cancel);
        Assert.Contains("num_frames", record.GetProperty("data").GetProperty("param").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Again_tells_the_same_address_the_same_events()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var created = await gateway.Http.CallAsync(HttpMethod.Post, "/v1/predictions", new
        {
            version = "rushes/wan22-fast-t2v", input = new { prompt = "A fox" }, webhook = "https://1.1.1.1/hook",
            webhook_events_filter = new[] { "start", "output" },
        }, Cancel);
        var before = await gateway.Http.GetFromJsonAsync<JsonElement>(
            $"/console/api/jobs/{created.GetProperty("id").GetString()}", Cancel);

        var again = await AgainAsync(gateway.Http, before.GetProperty("job").GetProperty("id").GetInt64(), "");

        var job = await gateway.Service<IDatabase>().Jobs.FindAsync(again, Cancel);
        Assert.Equal(
            ("https://1.1.1.1/hook", WebhookEvents.Start | WebhookEvents.Output), (job!.WebhookUrl, job.WebhookEvents));
    }

    [Fact]
    public async Task Again_costs_what_it_costs_and_is_rejected_like_a_new_one()
    {
        using var data = new TempFolder();
        await PaidCatalog.WriteAsync(data, Cancel);
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path);
        var account = await gateway.Http.AddAccountAsync("client", PaidCatalog.Plan, Cancel);
        await gateway.Http.AddCreditAsync(account, 0.40m, Cancel);
        var (_, key) = await gateway.Http.AddKeyAsync(account, Cancel);
        using var client = AdminApi.With(gateway.Origin, key);
        var id = await CreateAsync(client, "A fox");
        Assert.Equal(0.25m, (await ShowAsync(client, id)).GetProperty("job").GetProperty("price").GetDecimal());
        Assert.Equal(HttpStatusCode.PaymentRequired, await StatusAsync(client, HttpMethod.Post, $"jobs/{id}/again"));
    }

    [Fact]
    public async Task A_callback_is_sent_again_by_its_owner_and_by_an_operator()
    {
        await using var receiver = await TestReceiver.AnsweringAsync(200);
        await using var gateway = await TestGateway.StartAsync(
            0, Cancel, options: new GatewayOptions { FetchAllow = "127.0.0.0/8" });
        var account = await gateway.Http.AddAccountAsync("client", "default", Cancel);
        var (_, key) = await gateway.Http.AddKeyAsync(account, Cancel);
        using var client = AdminApi.With(gateway.Origin, key);
        using var created = await client.PostAsJsonAsync(
            "/queue/wan22-fast-t2v", new { prompt = "A fox", webhook_url = receiver.Url }, Cancel);
        var id = long.Parse(
            (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!,
            CultureInfo.InvariantCulture);
        await client.PostAsync($"/console/api/jobs/{id}/cancel", null, Cancel);
        await receiver.NextAsync();

        var delivery = await DeliveredAsync(client, id);
        foreach (var http in new[] { client, gateway.Http })
        {
            Assert.Equal(
                HttpStatusCode.Accepted, await StatusAsync(http, HttpMethod.Post, $"jobs/{id}/deliveries/{delivery}/redeliver"));
            await receiver.NextAsync();
            await DeliveredAsync(client, id);
        }

        Assert.Equal(
            HttpStatusCode.NotFound,
            await StatusAsync(client, HttpMethod.Post, $"jobs/{id}/deliveries/{delivery + 1}/redeliver"));
        Assert.Contains(
            "callback sent again", await gateway.Http.GetStringAsync("/admin/audit", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_operator_does_to_others_jobs_is_audited_and_to_their_own_not()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var account = await gateway.Http.AddAccountAsync("client", "default", Cancel);
        var (_, key) = await gateway.Http.AddKeyAsync(account, Cancel);
        using var client = AdminApi.With(gateway.Origin, key);
        var (own, first, theirs) =
            (await CreateAsync(gateway.Http, "Own"), await CreateAsync(client, "First"), await CreateAsync(client, "Theirs"));

        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(gateway.Http, HttpMethod.Post, $"jobs/{theirs}/front"));
        Assert.Equal(
            0, (await ShowAsync(client, theirs)).GetProperty("job").GetProperty("live").GetProperty("queue_position").GetInt32());
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(gateway.Http, HttpMethod.Post, $"jobs/{first}/cancel"));
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(gateway.Http, HttpMethod.Post, $"jobs/{first}/cancel"));
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(gateway.Http, HttpMethod.Post, $"jobs/{first}/front"));
        Assert.Equal(account, (await ShowAsync(gateway.Http, await AgainAsync(gateway.Http, first, ""))).GetProperty("job")
            .GetProperty("account").GetProperty("id").GetInt32());
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(gateway.Http, HttpMethod.Post, $"jobs/{own}/cancel"));

        var audit = (await gateway.Http.GetStringAsync("/admin/audit", Cancel)).Split(
            '\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement);
        Assert.Equal(
            [("job moved to front", $"job {theirs}"), ("job cancelled", $"job {first}"), ("job cancelled", $"job {first}"),
            ("job repeated", $"job {first}")],
            audit.Select(entry => (entry.GetProperty("action").GetString()!, entry.GetProperty("subject").GetString()!)).Where(
                entry => entry.Item2.StartsWith("job", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_catalog_says_what_the_account_may_ask_for()
    {
        using var data = new TempFolder();
        await File.WriteAllTextAsync(
            data["catalog.json"], """{ "plans": { "small": { "models": ["wan22-fast-t2v"] } } }""", Cancel);
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path);
        var (_, key) = await gateway.Http.AddKeyAsync(await gateway.Http.AddAccountAsync("client", "small", Cancel), Cancel);
        using var client = AdminApi.With(gateway.Origin, key);
        var models = (await client.GetFromJsonAsync<JsonElement>("/console/api/catalog", Cancel)).GetProperty("models")
            .EnumerateArray()
            .ToList();
        Assert.Equal(
            ["wan22-fast-t2v"],
            models.Where(model => !model.TryGetProperty("not_allowed", out _)).Select(
                model => model.GetProperty("id").GetString()));
        var prompt = models[0].GetProperty("parameters")
            .EnumerateArray()
            .First(field => field.GetProperty("name").GetString() == "prompt");
        Assert.True(prompt.GetProperty("required").GetBoolean());
        Assert.Equal(5000, prompt.GetProperty("max_length").GetInt32());
    }

    private static async Task<long> CreateAsync(
        HttpClient http, string prompt, string model = "wan22-fast-t2v", Dictionary<string, object?>? more = null)
    {
        using var created = await http.PostAsJsonAsync(
            $"/console/api/models/{model}/jobs", new Dictionary<string, object?>(more ?? []) { ["prompt"] = prompt }, Cancel);
        Assert.True(created.IsSuccessStatusCode, await created.Content.ReadAsStringAsync(Cancel));
        return (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetInt64();
    }

    private static async Task<long> AgainAsync(HttpClient http, long id, string query)
    {
        using var again = await http.PostAsync($"/console/api/jobs/{id}/again{query}", null, Cancel);
        Assert.True(again.StatusCode == HttpStatusCode.Created, await again.Content.ReadAsStringAsync(Cancel));
        return (await again.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetInt64();
    }

    private static async Task<JsonElement> StoreAsync(HttpClient http, string base64)
    {
        using var body = new ByteArrayContent(Convert.FromBase64String(base64));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var answer = await http.PostAsync("/console/api/media", body, Cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    private static async Task<List<long>> ListAsync(HttpClient http, string query) =>
        [.. (await http.GetFromJsonAsync<JsonElement>("/console/api/jobs" + query, Cancel)).GetProperty("jobs").EnumerateArray()
            .Select(job => job.GetProperty("id").GetInt64())];

    private static Task<JsonElement> ShowAsync(HttpClient http, long id) =>
        http.GetFromJsonAsync<JsonElement>($"/console/api/jobs/{id}", Cancel);

    /// <summary>
    /// Waits until the gateway has recorded that the job's callback was answered, and returns the callback's id. One that is
    /// sent again before counts as sent by the try in progress.
    /// </summary>
    private static async Task<long> DeliveredAsync(HttpClient http, long id)
    {
        var detail = await Eventually.ReadAsync(
            () => ShowAsync(http, id),
            detail => detail.GetProperty("deliveries")[0].GetProperty("state").GetString() == "delivered", Cancel);
        return detail.GetProperty("deliveries")[0].GetProperty("id").GetInt64();
    }

    /// <summary>Reads the job's stream, which closes at its end.</summary>
    private static async Task EndAsync(HttpClient http, long id) =>
        await http.GetStringAsync($"/console/api/jobs/{id}/stream", Cancel);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, HttpMethod method, string path)
    {
        using var answer = await http.SendAsync(new HttpRequestMessage(method, "/console/api/" + path), Cancel);
        return answer.StatusCode;
    }
}
