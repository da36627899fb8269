using System.Reflection;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Rushes.Catalog;
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
            .AddSingleton<McpTasks>().AddSingleton<McpCalls>();
        services.AddMcpServer(options =>
            {
                var version = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "";
                options.ServerInfo = new Implementation { Name = "rushes", Title = "Rushes", Version = version };
                options.ServerInstructions = Instructions;
                AddTasks(options);
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
        options.Handlers.CallToolWithAlternateHandler = (request, cancel) =>
            request.Services!.GetRequiredService<McpCalls>().CallAsync(request.Params!, request.JsonRpcRequest, cancel);
        options.RequestHandlers =
        [
            Handle("tasks/get", (tasks, request, cancel) => tasks.GetAsync(request.Params, request.JsonRpcRequest, cancel)),
            Handle("tasks/update", (tasks, request, cancel) => tasks.UpdateAsync(request.Params, cancel)),
            Handle("tasks/cancel", (tasks, request, cancel) => tasks.CancelAsync(request.Params, cancel)),
        ];
    }

    private static McpServerRequestHandler Handle(
        string method, Func<McpTasks, RequestContext<JsonNode?>, CancellationToken, ValueTask<JsonNode?>> run) => new()
    {
        Method = method,
        Handler = (request, cancel) => run(request.Services!.GetRequiredService<McpTasks>(), request!, cancel),
    };

    /// <summary>A body may hold the fields of a request and one medium as base64; larger media are sent by URL.</summary>
    public static void MapMcp(this IEndpointRouteBuilder routes, CatalogLimits limits) => routes.MapMcp(Path)
        .WithMetadata(AccessForm.Common, new BodyLimit(limits.FieldsBytes + limits.MediaBytes * 3 / 2))
        .RequireKey();
}
