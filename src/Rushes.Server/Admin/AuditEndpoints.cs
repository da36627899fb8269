using System.Text.Json;
using Rushes.Accounts;
using Rushes.Database;

namespace Rushes.Server.Admin;

/// <summary>The audit as JSON lines.</summary>
internal sealed class AuditEndpoints(IAuditLog audit)
{
    private static readonly byte[] NewLine = "\n"u8.ToArray();

    public void Map(IEndpointRouteBuilder admin) => admin.MapGet("/audit", Export);

    /// <param name="after">The last id that the caller has already.</param>
    private IResult Export(long? after, CancellationToken cancel) =>
        TypedResults.Stream(output => WriteAsync(output, after ?? 0, cancel), "application/x-ndjson");

    private async Task WriteAsync(Stream output, long after, CancellationToken cancel)
    {
        await foreach (var entry in audit.ReadAuditAsync(after, cancel))
        {
            await JsonSerializer.SerializeAsync(output, BodyOf(entry), AdminWire.Json.AuditBody, cancel);
            await output.WriteAsync(NewLine, cancel);
        }
    }

    private static AuditBody BodyOf(AuditEntry entry)
    {
        using var detail = JsonDocument.Parse(entry.Detail);
        return new AuditBody(entry.Id, entry.At, entry.Actor, entry.Action, entry.Subject, detail.RootElement.Clone());
    }
}
