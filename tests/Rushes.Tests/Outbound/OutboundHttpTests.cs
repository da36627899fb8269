using System.Net;
using System.Net.Sockets;
using Rushes.Outbound;
using Xunit;

namespace Rushes.Tests.Outbound;

public sealed class OutboundHttpTests
{
    private static readonly IPAddress Allowed = IPAddress.Parse("127.0.0.1");
    private static readonly IPAddress Private = IPAddress.Parse("127.0.0.2");
    private static readonly AddressRules Rules = AddressRules.Parse("127.0.0.1/32");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_that_turns_private_after_its_check_is_rejected()
    {
        await using var allowed = await Receiver.StartAsync(_ => Task.CompletedTask);
        await using var secret = await Receiver.StartAsync(_ => Task.CompletedTask, $"{Private}", allowed.Port);
        var names = new Names([Allowed], [Private]);
        using var http = new OutboundHttp(Rules, names.ResolveAsync);
        var url = Url($"http://rebind.example:{allowed.Port}/");

        Assert.Null(await http.CheckAsync(url, Cancel));
        var answer = await http.SendAsync(url, new HttpRequestMessage(), Cancel);

        var rejected = Assert.IsType<OutboundAnswer.NotReached>(answer).Why;
        Assert.Equal(RejectedCode.AddressNotAllowed, rejected.Code);
        Assert.Equal((0, 0), (allowed.Hits, secret.Hits));
    }

    [Fact]
    public async Task The_connection_goes_to_the_address_that_was_judged_without_asking_again()
    {
        await using var allowed = await Receiver.StartAsync(_ => Task.CompletedTask);
        await using var secret = await Receiver.StartAsync(_ => Task.CompletedTask, $"{Private}", allowed.Port);
        var names = new Names([Allowed], [Private]);
        using var http = new OutboundHttp(Rules, names.ResolveAsync);

        for (var i = 0; i < 2; i++)
        {
            var answer = await http.SendAsync(Url($"http://rebind.example:{allowed.Port}/"), new HttpRequestMessage(), Cancel);
            using var response = Assert.IsType<OutboundAnswer.Answered>(answer).Response;
            await response.Content.CopyToAsync(Stream.Null, Cancel);
        }

        Assert.Equal((2, 0), (allowed.Hits, secret.Hits));
        Assert.Equal(1, names.Asked);
    }

    [Fact]
    public async Task A_new_connection_to_a_known_name_is_judged_anew()
    {
        await using var allowed = await Receiver.StartAsync(context =>
        {
            context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
        await using var secret = await Receiver.StartAsync(_ => Task.CompletedTask, $"{Private}", allowed.Port);
        var names = new Names([Allowed], [Private]);
        using var http = new OutboundHttp(Rules, names.ResolveAsync);
        var url = Url($"http://rebind.example:{allowed.Port}/");

        using var first = Assert.IsType<OutboundAnswer.Answered>(
            await http.SendAsync(url, new HttpRequestMessage(), Cancel)).Response;
        Assert.IsType<OutboundAnswer.NotReached>(await http.SendAsync(url, new HttpRequestMessage(), Cancel));

        Assert.Equal((1, 0), (allowed.Hits, secret.Hits));
    }

    [Fact]
    public async Task An_address_that_does_not_answer_gives_way_to_the_next()
    {
        await using var receiver = await Receiver.StartAsync(_ => Task.CompletedTask);
        using var http = new OutboundHttp(
            AddressRules.Parse("127.0.0.0/8"), (_, _) => Task.FromResult<IPAddress[]>([Private, Allowed]));

        var answer = await http.SendAsync(
            Url($"http://two.example:{receiver.Port}/"), new HttpRequestMessage(), Cancel);

        using var response = Assert.IsType<OutboundAnswer.Answered>(answer).Response;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task An_internal_name_sounds_like_one_that_does_not_exist()
    {
        using var unknown = new OutboundHttp(Rules, (_, _) => throw new SocketException((int)SocketError.HostNotFound));
        using var hidden = new OutboundHttp(Rules, (_, _) => Task.FromResult(new[] { IPAddress.Parse("10.0.0.7") }));
        var url = Url("http://database.internal/");
        Assert.Equal((await unknown.CheckAsync(url, Cancel))!.Reason, (await hidden.CheckAsync(url, Cancel))!.Reason);
        var (first, second) = (await SendAsync(unknown), await SendAsync(hidden));
        Assert.Equal(first.Why.Reason, second.Why.Reason);

        async Task<OutboundAnswer.NotReached> SendAsync(OutboundHttp http)
        {
            using var request = new HttpRequestMessage();
            return Assert.IsType<OutboundAnswer.NotReached>(await http.SendAsync(url, request, Cancel));
        }
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_rejected()
    {
        using var http = new OutboundHttp(Rules, (_, _) => throw new SocketException((int)SocketError.HostNotFound));

        var rejected = await http.CheckAsync(Url("http://nowhere.example/"), Cancel);

        Assert.Equal(
            new Rejected(RejectedCode.Unresolved, "The URL's host does not resolve to an address that may be reached."),
            rejected);
    }

    [Fact]
    public async Task A_check_of_an_address_says_no_more_than_that_it_may_not_be_reached()
    {
        using var http = new OutboundHttp(Rules);

        Assert.Null(await http.CheckAsync(Url("http://127.0.0.1:8080/"), Cancel));
        Assert.Null(await http.CheckAsync(Url("http://1.1.1.1/"), Cancel));
        Assert.Equal(
            new Rejected(RejectedCode.AddressNotAllowed, "The URL's host is an address that may not be reached."),
            await http.CheckAsync(Url("http://10.0.0.1/"), Cancel));
    }

    [Fact]
    public async Task A_closed_port_is_unreachable()
    {
        // Taken, so that nothing else can listen there meanwhile, and not listened on.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(Allowed, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        using var http = new OutboundHttp(Rules);

        var answer = await http.SendAsync(Url($"http://127.0.0.1:{port}/"), new HttpRequestMessage(), Cancel);

        Assert.Equal(RejectedCode.Unreachable, Assert.IsType<OutboundAnswer.NotReached>(answer).Why.Code);
    }

    [Fact]
    public async Task A_server_without_tls_is_unreachable_by_https()
    {
        await using var receiver = await Receiver.StartAsync(_ => Task.CompletedTask);
        using var http = new OutboundHttp(Rules);

        var answer = await http.SendAsync(Url($"https://127.0.0.1:{receiver.Port}/"), new HttpRequestMessage(), Cancel);

        var rejected = Assert.IsType<OutboundAnswer.NotReached>(answer).Why;
        Assert.Equal(RejectedCode.Unreachable, rejected.Code);
        Assert.Contains("TLS", rejected.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_post_keeps_its_body_and_headers_and_its_redirect_is_not_followed()
    {
        var body = "";
        await using var receiver = await Receiver.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            body = $"{context.Request.Method} {context.Request.Headers["X-Signature"]} {await reader.ReadToEndAsync(Cancel)}";
            context.Response.Redirect("/elsewhere");
        });
        using var http = new OutboundHttp(Rules);
        using var request = new HttpRequestMessage(HttpMethod.Post, (Uri?)null)
        {
            Content = new StringContent("{}"),
            Headers = { { "X-Signature", "s" } },
        };

        var answer = await http.SendAsync(Url(receiver["/hook"]), request, Cancel);

        using var response = Assert.IsType<OutboundAnswer.Answered>(answer).Response;
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("POST s {}", body);
        Assert.Equal(1, receiver.Hits);
    }

    private static OutboundUrl Url(string text) =>
        OutboundUrl.TryParse(text, out var url, out var rejected) ? url : throw new ArgumentException(rejected.Reason);

    /// <summary>A name server that gives each answer once and then repeats the last.</summary>
    private sealed class Names(params IPAddress[][] answers)
    {
        public int Asked { get; private set; }

        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancel) =>
            Task.FromResult(answers[Math.Min(Asked++, answers.Length - 1)]);
    }
}
