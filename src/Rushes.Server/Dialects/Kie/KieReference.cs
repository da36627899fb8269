using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Server.Reference;

namespace Rushes.Server.Dialects.Kie;

/// <summary>kie's calls as their OpenAPI document tells them: one create, whose body is one of the listed models'.</summary>
internal static class KieReference
{
    private static readonly Answer Refused = new("4XX", "Refused; the code is the status.", KieWire.Json.Text);
    private static readonly Answer Broke = new("5XX", "The gateway's fault.", KieWire.Json.Text);

    public static DialectReference Of(ModelCatalog catalog) => new("kie", "The kie dialect", "Authorization", "Bearer KEY",
    [
        Call("POST", "/api/v1/jobs/createTask", "Creates a task.", new Answer("200", "Its id; with dry_run, what it would be.", KieWire.Json.Created, KieWire.Json.DryRun)) with
        {
            Body = new JsonObject
            {
                ["anyOf"] = new JsonArray([.. catalog.Listings.Where(listing => listing.Dialect == KieMap.Dialect).Select(Task)]),
            },
            Queries = [Query.DryRun],
        },
        Call("GET", "/api/v1/jobs/recordInfo", "Where a task stands.", new Answer("200", "The task.", KieWire.Json.Record)) with
        {
            Queries = [new("taskId", "What creating it answered.", Required: true)],
        },
        Call("POST", "/api/v1/jobs/approveTask", "Approves its draft.", new Answer("200", "Its id.", KieWire.Json.Created)) with { Body = TaskId() },
        Call("POST", "/api/v1/jobs/cancelTask", "Calls a task off.", new Answer("200", "Its id.", KieWire.Json.Created)) with { Body = TaskId() },
        Call("GET", "/api/v1/chat/credit", "What is left of the account's credit.", new Answer("200", "In hundredths of the currency's unit.", KieWire.Json.Number)),
        Call("POST", "/api/v1/common/download-url", "A link to a result that lives longer.", new Answer("200", "The link.", KieWire.Json.Text)) with
        {
            Body = FieldSchema.Of(("url", FieldSchema.Text("The link of a result."), true)),
        },
    ]);

    private static JsonNode Task(Listing listing) => FieldSchema.Of(
        ("model", new JsonObject { ["const"] = listing.Id }, true),
        ("input", FieldSchema.Of(listing.Parameters), true),
        ("callBackUrl", new JsonObject { ["type"] = new JsonArray("string", "null"), ["description"] = "Where the end of the task is told." }, false));

    private static JsonObject TaskId() => FieldSchema.Of(("taskId", FieldSchema.Text("What creating it answered."), true));

    private static Operation Call(string method, string path, string summary, Answer answer) =>
        new(method, path, summary) { Answers = [answer, Refused, Broke] };
}
