using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Rushes.Client;
using Rushes.Tests.Outbound;

namespace Rushes.Tests.Client;

/// <summary>A proxy between a client and a gateway, which a test can make fail.</summary>
internal sealed class Between : IAsyncDisposable
{
    private readonly HttpClient http = new(
        new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private Receiver? receiver;

    public Uri Url => new(receiver![""]);

    /// <param name="way">What becomes of a request; the second argument passes it on.</param>
    public static async Task<Between> StartAsync(TestGateway gateway, Func<HttpContext, Func<Task>, Task> way)
    {
        var between = new Between();
        between.receiver = await Receiver.StartAsync(context => way(context, () => between.PassAsync(context, gateway.Origin)));
        return between;
    }

    public RushesClient Client(Action<RushesClientOptions>? configure = null)
    {
        var options = new RushesClientOptions { Url = Url, Key = TestGateway.Key };
        configure?.Invoke(options);
        return new RushesClient(options);
    }

    public async ValueTask DisposeAsync()
    {
        await receiver!.DisposeAsync();
        http.Dispose();
    }

    private async Task PassAsync(HttpContext context, string origin)
    {
        var (request, response) = (context.Request, context.Response);
        using var passed = new HttpRequestMessage(
            new HttpMethod(request.Method), origin + request.Path.Value + request.QueryString);
        if (request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0)
            passed.Content = new StreamContent(request.Body);
        foreach (var (name, value) in request.Headers)
            if (!passed.Headers.TryAddWithoutValidation(name, value.ToArray()))
                passed.Content?.Headers.TryAddWithoutValidation(name, value.ToArray());

        using var answer = await http.SendAsync(passed, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, value) in answer.Headers.Concat(answer.Content.Headers))
            if (name != "Transfer-Encoding") response.Headers[name] = value.ToArray();
        context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
        await response.StartAsync(context.RequestAborted);
        await answer.Content.CopyToAsync(response.Body, context.RequestAborted);
    }
}
