using System.Reflection;
using ModelContextProtocol.Protocol;
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
            .AddSingleton<McpCalls>();
        services.AddMcpServer(options =>
            {
                var version = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "";
                options.ServerInfo = new Implementation { Name = "rushes", Title = "Rushes", Version = version };
                options.ServerInstructions = Instructions;
            })
            .WithHttpTransport(transport => transport.Stateless = true)
            .WithListToolsHandler((request, _) => ValueTask.FromResult(new ListToolsResult
            {
                Tools = [.. request.Services!.GetRequiredService<McpTools>().All],
            }))
            .WithCallToolHandler((request, cancel) =>
                request.Services!.GetRequiredService<McpCalls>().CallAsync(request.Params!, cancel));
        return services;
    }

    /// <summary>A body may hold the fields of a request and one medium as base64; larger media are sent by URL.</summary>
    public static void MapMcp(this IEndpointRouteBuilder routes, CatalogLimits limits) => routes.MapMcp(Path)
        .WithMetadata(AccessForm.Common, new BodyLimit(limits.FieldsBytes + limits.MediaBytes * 3 / 2))
        .RequireKey();
}
