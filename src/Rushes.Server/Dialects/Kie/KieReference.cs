using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Server.Reference;

namespace Rushes.Server.Dialects.Kie;

/// <summary>The OpenAPI document of the kie API: one create call, whose body depends on the model.</summary>
internal static class KieReference
{
    private static readonly Answer Rejected = new("4XX", "The request was rejected; code is the HTTP status.", KieWire.Json.Text);
    private static readonly Answer Broke = new("5XX", "Internal error.", KieWire.Json.Text);

    public static DialectReference Of(ModelCatalog catalog) => new("kie", "kie API", "Authorization", "Bearer KEY",
    [
        Call(
            "POST", "/api/v1/jobs/createTask", "Create a task.",
            new Answer("200", "The task's id; with dry_run, a preview of the task.", KieWire.Json.Created,
                KieWire.Json.DryRun)) with
        {
            Body = new JsonObject
            {
                ["anyOf"] = new JsonArray([.. catalog.Listings.Where(listing => listing.Dialect == KieMap.Dialect).Select(Task)]),
            },
            Queries = [Query.DryRun],
        },
        Call(
            "GET", "/api/v1/jobs/recordInfo", "Get a task's record.",
            new Answer("200", "The task's record.", KieWire.Json.Record)) with
        {
            Queries = [new("taskId", "The task's id.", Required: true)],
        },
        Call(
            "POST", "/api/v1/jobs/approveTask", "Approve a task's draft.",
            new Answer("200", "The task's id.", KieWire.Json.Created)) with { Body = TaskId() },
        Call(
            "POST", "/api/v1/jobs/cancelTask", "Cancel a task.",
            new Answer("200", "The task's id.", KieWire.Json.Created)) with { Body = TaskId() },
        Call(
            "GET", "/api/v1/chat/credit", "Get the account's remaining credit.",
            new Answer("200", "In hundredths of the currency's unit.", KieWire.Json.Number)),
        Call(
            "POST", "/api/v1/common/download-url", "Get a new download URL for a result.",
            new Answer("200", "The download URL.", KieWire.Json.Text)) with
        {
            Body = FieldSchema.Of(("url", FieldSchema.Text("A result's download URL."), true)),
        },
    ]);

    private static JsonNode Task(Listing listing) => FieldSchema.Titled(listing.Id, FieldSchema.Of(
        ("model", new JsonObject { ["const"] = listing.Id }, true),
        ("input", FieldSchema.Of(listing.Parameters), true),
        ("callBackUrl", new JsonObject
        {
            ["type"] = new JsonArray("string", "null"), ["description"] = "The URL that receives a callback when the task ends.",
        }, false)));

    private static JsonObject TaskId() => FieldSchema.Of(("taskId", FieldSchema.Text("The task's id."), true));

    private static Operation Call(string method, string path, string summary, Answer answer) =>
        new(method, path, summary) { Answers = [answer, Rejected, Broke] };
}
