using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Server.JobResponses;
using Rushes.Server.Reference;

namespace Rushes.Server.Dialects.Replicate;

/// <summary>The OpenAPI document of the Replicate API: the input depends on the model.</summary>
internal static class ReplicateReference
{
    private const string Problem = "application/problem+json";

    private static readonly Answer Rejected =
        new("4XX", "The request was rejected.", ReplicateWire.Json.ReplicateProblem) { ContentType = Problem };

    private static readonly Answer Broke =
        new("5XX", "Internal error.", ReplicateWire.Json.ReplicateProblem) { ContentType = Problem };

    private static readonly Answer Prediction = new("200", "The prediction.", ReplicateWire.Json.ReplicatePrediction);

    private static readonly Answer[] Created =
    [
        new("200", "With dry_run, a preview of the prediction.", DryRunWire.Json.DryRunAnswer),
        new("201", "The prediction.", ReplicateWire.Json.ReplicatePrediction),
        new("202", "The prediction did not end in the time that the client waited.", ReplicateWire.Json.ReplicatePrediction),
    ];

    public static DialectReference Of(ModelCatalog catalog) => new("replicate", "Replicate API", "Authorization", "Bearer KEY",
    [
        Create("/v1/predictions", catalog, withVersion: true),
        Create("/v1/models/{owner}/{name}/predictions", catalog, withVersion: false),
        Create("/v1/deployments/{owner}/{name}/predictions", catalog, withVersion: false),
        Call(
            "GET", "/v1/predictions", "List predictions, newest first.",
            new Answer("200", "A page of predictions.", ReplicateWire.Json.Predictions)) with
        {
            Queries =
            [
                new("cursor", "From next of the previous page."),
                new("created_after", "Created at this time or later, such as 2030-01-31T10:00:00Z."),
                new("created_before", "Created before this time."),
                new("source", "web or api; without effect, because a gateway has no predictions of a web page."),
            ],
        },
        Call("GET", "/v1/predictions/{id}", "Get a prediction.", Prediction),
        Call("POST", "/v1/predictions/{id}/cancel", "Cancel a prediction.", Prediction),
        Call(
            "GET", "/v1/models/{owner}/{name}", "Get a model.",
            new Answer("200", "The model.", ReplicateWire.Json.ReplicateModel)),
        Call(
            "GET", "/v1/models/{owner}/{name}/versions", "List a model's versions.",
            new Answer("200", "The versions.", ReplicateWire.Json.Versions)),
        Call(
            "GET", "/v1/models/{owner}/{name}/versions/{version}", "Get a model's version with the schema of its input.",
            new Answer("200", "The version.", ReplicateWire.Json.ReplicateVersion)),
        Call(
            "GET", "/v1/search", "Find models by words.",
            new Answer("200", "The models and their collections.", ReplicateWire.Json.ReplicateFound)) with
        {
            Queries =
            [
                new("query", "Words in the model's name, title, kind or tier.", Required: true),
                new("limit", "Models in the response, 1 to 50; 20 by default."),
            ],
        },
        Call(
            "GET", "/v1/collections", "List the collections: the kinds of models.",
            new Answer("200", "The collections.", ReplicateWire.Json.Collections)),
        Call(
            "GET", "/v1/collections/{slug}", "Get a collection with its models.",
            new Answer("200", "The collection.", ReplicateWire.Json.ReplicateCollection)),
        Call(
            "GET", "/v1/hardware", "List hardware to choose from, of which there is none.",
            new Answer("200", "An empty list.", ReplicateWire.Json.ReplicateHardwareArray)),
        Call(
            "GET", "/v1/account", "Get the key's account.",
            new Answer("200", "The account.", ReplicateWire.Json.ReplicateAccount)),
        Call(
            "GET", "/v1/webhooks/default/secret", "Get the secret that signs webhooks.",
            new Answer("200", "The secret.", ReplicateWire.Json.ReplicateSecret)),
    ]);

    private static Operation Create(string path, ModelCatalog catalog, bool withVersion)
    {
        Listing[] listed = [.. catalog.Listings.Where(listing => listing.Dialect == ReplicateModels.Dialect)];
        var inputs = listed.Select(listing => (JsonNode)FieldSchema.Titled(
            ReplicateModels.NameOf(listing.Id), FieldSchema.Of(listing.Parameters))).ToArray();
        var body = FieldSchema.Of(
            ("input", new JsonObject { ["anyOf"] = new JsonArray(inputs) }, true),
            ("webhook", FieldSchema.Text("The URL that receives the prediction when something happens to it."), false),
            ("webhook_events_filter", new JsonObject
            {
                ["type"] = "array",
                ["items"] = new JsonObject { ["enum"] = new JsonArray("start", "output", "logs", "completed") },
            }, false));
        if (withVersion)
        {
            var version = FieldSchema.Text("owner/name, owner/name:hash, or a hash.");
            if (listed is [var first, ..]) version["examples"] = new JsonArray(ReplicateModels.NameOf(first.Id));
            body["properties"]!["version"] = version;
        }
        return Call("POST", path, "Create a prediction.", Created) with { Body = body, Queries = [Query.DryRun] };
    }

    private static Operation Call(string method, string path, string summary, params Answer[] answers) =>
        new(method, path, summary) { Answers = [.. answers, Rejected, Broke] };
}
