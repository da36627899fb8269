using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rushes.Server.Auth;

namespace Rushes.Server.Reference;

/// <summary>
/// <c>/openapi/</c> and <c>/openapi/DIALECT.json</c>, which need no key. Both are made when they are first asked for.
/// </summary>
internal sealed class ReferenceEndpoints(Func<IReadOnlyList<DialectReference>> describe)
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lazy<Dictionary<string, byte[]>> documents = new(() =>
        describe().ToDictionary(
            dialect => dialect.Name, dialect => Encoding.UTF8.GetBytes(OpenApiDocument.Of(dialect).ToJsonString(Readable))));

    private readonly Lazy<string> page = new(() => ReferencePage.Write(describe()));

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/openapi", (HttpContext http) =>
        {
            http.Response.Headers.ContentSecurityPolicy = ReferencePage.Policy;
            return TypedResults.Content(page.Value, "text/html; charset=utf-8");
        }).AllowAnyone();
        routes.MapGet("/openapi/{dialect}.json", (string dialect) =>
            documents.Value.TryGetValue(dialect, out var document) ? Results.Bytes(
                document, "application/json") : Results.NotFound()).AllowAnyone();
    }
}
