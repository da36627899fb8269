using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Rushes.Accounts;
using Rushes.Server.Auth;
using Rushes.Server.Http;

namespace Rushes.Server.Dialects.Mcp;

/// <summary>
/// The Model Context Protocol at <c>/mcp</c>, by which agents make videos. It keeps no session, so any gateway can answer any
/// call. Specified in docs/api/mcp.md.
/// </summary>
internal static class McpDialect
{
    public const string Path = "/mcp";

    private const string Instructions =
        "Makes short videos. Call a tool such as text_to_video; it returns a request_id at once. Call get_video with it until "
        + "status is completed, waiting poll_after_seconds between calls. The video is then linked.";

    public static IServiceCollection AddMcp(this IServiceCollection services)
    {
        services.AddHttpContextAccessor().AddSingleton<McpTools>().AddSingleton<McpModelList>().AddSingleton<McpVideos>()
            .AddSingleton<McpTasks>().AddSingleton<McpCalls>().AddSingleton<McpBodies>().AddSingleton<McpErrors>();
        services.AddMcpServer(options =>
            {
                var version = ProgramVersion.Text;
                options.ServerInfo = new Implementation { Name = "rushes", Title = "Rushes", Version = version };
                options.ServerInstructions = Instructions;
                AddTasks(options);
                options.Filters.Message.IncomingFilters.Add(next => async (message, cancel) => await RunAsync(
                    message.Services,
                    async () =>
                    {
                        await next(message, cancel);
                        return true;
                    },
                    cancel));
            })
            .WithHttpTransport(transport => transport.Stateless = true)
            .WithListToolsHandler((request, _) => ValueTask.FromResult(new ListToolsResult
            {
                Tools = [.. request.Services!.GetRequiredService<McpTools>().All],
            }));
        return services;
    }

    private static void AddTasks(McpServerOptions options)
    {
        options.Capabilities = new ServerCapabilities
        {
            Tools = new ToolsCapability(),
            Extensions = new Dictionary<string, object> { [McpTasks.Extension] = new JsonObject() },
        };
        // The SDK makes a result of a tool's exception, which the filter for all messages does not see.
        options.Handlers.CallToolWithAlternateHandler = (request, cancel) => RunAsync(
            request.Services,
            () => request.Services!.GetRequiredService<McpCalls>().CallAsync(request.Params, request.JsonRpcRequest, cancel),
            cancel, McpCalls.Unavailable);
        options.RequestHandlers =
        [
            Handle("tasks/get", (tasks, request, cancel) => tasks.GetAsync(request.Params, request.JsonRpcRequest, cancel)),
            Handle("tasks/update", (tasks, request, cancel) => tasks.UpdateAsync(request.Params, cancel)),
            Handle("tasks/cancel", (tasks, request, cancel) => tasks.CancelAsync(request.Params, cancel)),
        ];
    }

    private static ValueTask<T> RunAsync<T>(
        IServiceProvider? services, Func<ValueTask<T>> handle, CancellationToken cancel,
        Func<MachineFault, T>? unavailable = null) =>
        services!.GetRequiredService<McpErrors>().RunAsync(handle, cancel, unavailable);

    private static McpServerRequestHandler Handle(
        string method, Func<McpTasks, RequestContext<JsonNode?>, CancellationToken, ValueTask<JsonNode?>> run) => new()
    {
        Method = method,
        Handler = (request, cancel) => run(request.Services!.GetRequiredService<McpTasks>(), request!, cancel),
    };

    public static void MapMcp(this IEndpointRouteBuilder routes)
    {
        var bodies = routes.ServiceProvider.GetRequiredService<McpBodies>();
        var endpoints = routes.MapMcp(Path).WithMetadata(AccessForm.Common).RequireEitherScope(Scopes.Submit, or: Scopes.Read);
        endpoints.Add(endpoint =>
        {
            var sdk = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = http => bodies.PassAsync(http, sdk);
        });
    }
}
