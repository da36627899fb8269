using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Catalog;
using Rushes.Jobs;
using Rushes.Server.Settings;
using Rushes.Tests.Admin;
using Rushes.Tests.Engines;
using Xunit;
using static Rushes.Tests.Accounts.UploadCalls;

namespace Rushes.Tests.Accounts;

/// <summary>What accounts may store, over both databases and both file stores.</summary>
public sealed class StorageQuotaTests(S3Server s3) : IAsyncLifetime
{
    private readonly Backends backends = new(s3);
    private readonly TempFolder folder = new();
    private byte[] picture = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        picture = await File.ReadAllBytesAsync(await SampleMedia.PictureAsync(folder), Cancel);

    public async ValueTask DisposeAsync()
    {
        await backends.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Backends.Both), MemberType = typeof(Backends))]
    public async Task Inputs_uploads_and_results_are_counted_and_shown(Backend backend)
    {
        var gateway = await backends.StartAsync(backend, workers: 1);
        using var created = await CreateAsync(gateway.Http);
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
        using (var put = await PutAsync(await LinkAsync(gateway.Http), picture)) Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        var result = await ResultAsync(gateway.Http, id);

        var listed = (await gateway.Http.GetFromJsonAsync<JsonElement>("/admin/accounts", Cancel)).GetProperty("accounts")[0];
        AssertFiles(2 * picture.Length + result.Length, requests: 1, listed.GetProperty("stored_bytes").GetInt64());
        Assert.Equal(
            listed.GetRawText(), (await gateway.Http.GetFromJsonAsync<JsonElement>("/admin/accounts/1", Cancel)).GetRawText());
    }

    [Theory]
    [MemberData(nameof(Backends.Both), MemberType = typeof(Backends))]
    public async Task Nothing_is_stored_past_the_plan(Backend backend)
    {
        var gateway = await StartAsync(backend, $$"""{ "maxStoredBytes": {{picture.Length * 2 + picture.Length / 2}} }""");
        using var http = await CustomerAsync(gateway);
        var early = await LinkAsync(http);
        using (var put = await PutAsync(await LinkAsync(http), picture)) Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        using (var created = await CreateAsync(http)) Assert.True(created.IsSuccessStatusCode);

        // Half a picture is left.
        await AssertFullAsync(CreateAsync(http), "code");
        await AssertFullAsync(CreateAsync(http, "?dry_run=true"), "code");
        await AssertFullAsync(PutAsync(early, picture), "error_type");
        AssertFiles(2 * picture.Length, requests: 1, await StoredAsync(gateway));
    }

    [Fact]
    public async Task Every_dialect_says_that_nothing_more_is_stored()
    {
        var gateway = await StartAsync(Backend.Local, $$"""{ "maxStoredBytes": {{picture.Length}} }""");
        using var http = await CustomerAsync(gateway);
        using (var put = await PutAsync(await LinkAsync(http), picture)) Assert.Equal(HttpStatusCode.OK, put.StatusCode);

        await AssertFullAsync(http.PostAsJsonAsync("/queue/wan22-fast-t2v", new { prompt = "a boat" }, Cancel), "code");
        await AssertFullAsync(
            http.PostAsJsonAsync("/storage/upload/initiate", new { content_type = "image/png", file_name = "a.png" }, Cancel),
            "error_type");
        using var kie = await http.PostAsJsonAsync(
            "/api/v1/jobs/createTask", new { model = "wan/2-2-a14b-text-to-video-turbo", input = new { prompt = "a boat" } },
            Cancel);
        Assert.Equal(422, (await kie.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("code").GetInt32());
        Assert.Contains("stored files", await kie.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Backends.Both), MemberType = typeof(Backends))]
    public async Task Requests_that_come_together_do_not_store_more_either(Backend backend)
    {
        var gateway = await StartAsync(backend, $$"""{ "maxStoredBytes": {{picture.Length * 3}} }""");
        using var http = await CustomerAsync(gateway);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CreateAsync(http)));

        var accepted = answers.Count(answer => answer.IsSuccessStatusCode);
        // A request is also rejected because of files of another one that will be rejected.
        Assert.InRange(accepted, 0, 2);
        Assert.All(answers, answer => Assert.True(answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.Forbidden));
        AssertFiles(picture.Length * accepted, accepted, await StoredAsync(gateway));
        foreach (var answer in answers) answer.Dispose();
    }

    [Theory]
    [MemberData(nameof(Backends.Both), MemberType = typeof(Backends))]
    public async Task Unknown_fields_count_too(Backend backend)
    {
        var gateway = await StartAsync(backend, """{ "maxStoredBytes": 250000 }""");
        using var http = await CustomerAsync(gateway);
        Task<HttpResponseMessage> CreateAsync(string query = "") => http.PostAsJsonAsync(
            $"/queue/wan22-fast-t2v{query}", new { prompt = "a boat", note = new string('n', 100_000) }, Cancel);

        for (var job = 0; job < 2; job++)
            using (var created = await CreateAsync()) Assert.True(created.IsSuccessStatusCode);
        await AssertFullAsync(CreateAsync(), "code");
        await AssertFullAsync(CreateAsync("?dry_run=true"), "code");
        AssertFiles(200_000, requests: 2, await StoredAsync(gateway));
        using var small = await http.PostAsJsonAsync("/queue/wan22-fast-t2v", new { prompt = "a boat" }, Cancel);
        Assert.True(small.IsSuccessStatusCode);
    }

    [Theory]
    [MemberData(nameof(Backends.Both), MemberType = typeof(Backends))]
    public async Task An_upload_is_held_to_what_inputs_are(Backend backend)
    {
        var gateway = await StartAsync(
            backend, """{ "requestsPerSecond": 0.001 }""", """, "limits": { "uploadBytes": 100000 }""");
        using var http = await CustomerAsync(gateway);
        var link = await LinkAsync(http);
        var together = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PutAsync(link, picture)));
        Assert.Contains(together, answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        foreach (var answer in together) answer.Dispose();

        // The first account's plan has no rate.
        link = await LinkAsync(gateway.Http);
        using (var forged = await PutAsync(link + "0", picture)) Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        using (var large = await PutAsync(link, new byte[100_001]))
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        using (var page = await PutAsync(link, "<!DOCTYPE html><html></html>"u8.ToArray()))
            Assert.Equal(HttpStatusCode.UnprocessableEntity, page.StatusCode);
        Assert.Equal(
            0,
            (await gateway.Http.GetFromJsonAsync<JsonElement>("/admin/accounts/1", Cancel)).GetProperty(
                "stored_bytes").GetInt64());
    }

    [Theory]
    [MemberData(nameof(Backends.Both), MemberType = typeof(Backends))]
    public async Task A_file_larger_than_a_request_may_hold_is_uploaded_in_parts_and_used_by_its_url(Backend backend)
    {
        var sound = SampleMedia.SilentWav(seconds: 70);
        Assert.True(sound.Length > new CatalogLimits().MediaBytes);
        var gateway = await StartAsync(backend, $$"""{ "maxStoredBytes": {{sound.Length + 1000}} }""");
        using var http = await CustomerAsync(gateway);
        var (upload, file) = await BeginPartsAsync(http, "long.wav");
        var half = sound.Length / 2;
        var second = await PutPartAsync(upload, 2, sound[half..]);
        await PutPartAsync(upload, 1, new byte[100]);
        var first = await PutPartAsync(upload, 1, sound[..half]);
        Assert.Equal(sound.Length, await StoredAsync(gateway));

        using (var wrong = await CompleteAsync(upload, (1, "x"), (2, second)))
            Assert.Contains("ETag", await wrong.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using (var order = await CompleteAsync(upload, (2, second), (1, first)))
            Assert.Equal(HttpStatusCode.UnprocessableEntity, order.StatusCode);
        for (var i = 0; i < 2; i++)
            using (var done = await CompleteAsync(upload, (1, first), (2, second)))
                Assert.True(done.IsSuccessStatusCode, await done.Content.ReadAsStringAsync(Cancel));

        // The parts are gone, and the file is what was sent.
        Assert.Equal(sound.Length, await StoredAsync(gateway));
        using var anybody = new HttpClient();
        var stored = await anybody.GetByteArrayAsync(file, Cancel);
        Assert.True(sound.AsSpan().SequenceEqual(stored));
        using var used = await gateway.Http.PostAsJsonAsync(
            "/queue/wan22-s2v-fast?dry_run=true",
            new { prompt = "a", data_uri = Convert.ToBase64String(picture), audio_uri = file }, Cancel);
        var plan = await used.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(70, plan.GetProperty("input").GetProperty("audio_uri").GetProperty("seconds").GetDouble());
    }

    [Fact]
    public async Task A_part_that_replaces_another_is_limited_by_what_is_stored_afterwards()
    {
        var gateway = await StartAsync(Backend.Local, """{ "maxStoredBytes": 1000 }""");
        using var http = await CustomerAsync(gateway);
        var (upload, _) = await BeginPartsAsync(http, "a.wav");
        await PutPartAsync(upload, 1, new byte[900]);
        await PutPartAsync(upload, 1, new byte[950]);
        await PutPartAsync(upload, 2, new byte[50]);
        await PutPartAsync(upload, 2, new byte[50]);
        using (var over = await PutAsync(PartUrl(upload, "2"), new byte[51])) Assert.False(over.IsSuccessStatusCode);
        Assert.Equal(1000, await StoredAsync(gateway));
    }

    [Fact]
    public async Task Parts_are_limited_and_those_of_an_invalid_file_are_deleted()
    {
        var gateway = await StartAsync(Backend.Local, "{}", """, "limits": { "uploadBytes": 1000 }""");
        using var http = await CustomerAsync(gateway);
        var (upload, _) = await BeginPartsAsync(http, "a.mp4");
        var tag = await PutPartAsync(upload, 1, new byte[900]);
        using (var over = await PutAsync(PartUrl(upload, "2"), new byte[101]))
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, over.StatusCode);
        using (var none = await PutAsync(PartUrl(upload, "1001"), new byte[1]))
            Assert.Equal(HttpStatusCode.UnprocessableEntity, none.StatusCode);
        using (var forged = await PutAsync(PartUrl(upload, "2") + "0", new byte[1]))
            Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        using (var invalid = await CompleteAsync(upload, (1, tag)))
            Assert.Equal(HttpStatusCode.UnprocessableEntity, invalid.StatusCode);
        Assert.Equal(0, await StoredAsync(gateway));
    }

    [Fact]
    public async Task An_upload_link_ends_with_the_key_that_asked_for_it()
    {
        var gateway = await StartAsync(Backend.Local, "{}");
        var account = await gateway.Http.AddAccountAsync("customer", "small", Cancel);
        var (id, key) = await gateway.Http.AddKeyAsync(account, Cancel);
        using var http = AdminApi.With(gateway.Origin, key);
        var link = await LinkAsync(http);
        using (var other = await PutAsync(link.Replace($"/upload/{id}/", "/upload/1/", StringComparison.Ordinal), picture))
            Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);
        using (var before = await PutAsync(link, picture)) Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        await gateway.Http.CallAsync(HttpMethod.Delete, $"/admin/keys/{id}", null, Cancel);
        using var after = await PutAsync(link, picture);
        Assert.Equal(HttpStatusCode.Forbidden, after.StatusCode);
    }

    [Fact]
    public async Task The_call_for_an_upload_link_takes_a_few_fields_and_no_more()
    {
        var gateway = await StartAsync(Backend.Local, "{}");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/storage/upload/initiate")
        {
            Content = JsonContent.Create(new { content_type = "image/png", file_name = new string('a', 1_000_000) }),
        };
        await request.Content.LoadIntoBufferAsync(Cancel);
        request.Headers.ExpectContinue = true;
        using var rejected = await gateway.Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, rejected.StatusCode);
    }

    private Task<TestGateway> StartAsync(Backend backend, string plan, string more = "")
    {
        File.WriteAllText(folder["catalog.json"], $$"""{ "plans": { "small": {{plan}} }{{more}} }""");
        return backends.StartAsync(backend, new GatewayOptions { Catalog = folder["catalog.json"] });
    }

    private static async Task<HttpClient> CustomerAsync(TestGateway gateway)
    {
        var account = await gateway.Http.AddAccountAsync("customer", "small", Cancel);
        var (_, key) = await gateway.Http.AddKeyAsync(account, Cancel);
        return AdminApi.With(gateway.Origin, key);
    }

    private Task<HttpResponseMessage> CreateAsync(HttpClient http, string query = "") => http.PostAsJsonAsync(
        $"/queue/wan22-fast-i2v{query}", new { prompt = "a boat", data_uri = Convert.ToBase64String(picture), duration = 0.5 },
        Cancel);

    private static async Task AssertFullAsync(Task<HttpResponseMessage> call, string code)
    {
        using var answer = await call;
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("storage_full", (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty(code).GetString());
    }

    /// <summary>Of small requests, each counts little more than the rows of its job.</summary>
    private static void AssertFiles(long bytes, int requests, long stored) =>
        Assert.InRange(stored, bytes + requests * NewJob.RowBytes, bytes + requests * (NewJob.RowBytes + 1000));

    /// <summary>Of the second account.</summary>
    private static async Task<long> StoredAsync(TestGateway gateway) =>
        (await gateway.Http.GetFromJsonAsync<JsonElement>("/admin/accounts/customer", Cancel)).GetProperty(
            "stored_bytes").GetInt64();

    private static async Task<byte[]> ResultAsync(HttpClient http, string id)
    {
        await Eventually.EndedAsync(http, id, Cancel, "wan22-fast-i2v");
        var result = await http.GetFromJsonAsync<JsonElement>($"/queue/wan22-fast-i2v/requests/{id}", Cancel);
        return result.GetProperty("video").GetProperty("data_uri").GetBytesFromBase64();
    }
}
