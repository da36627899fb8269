using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Server.Callbacks;
using Rushes.Server.JobResponses;
using Rushes.Server.Reference;

namespace Rushes.Server.Dialects.Queue;

/// <summary>The OpenAPI document of the queue API: one path per model, with its fields.</summary>
internal static class QueueReference
{
    private static readonly Answer Rejected = new(
        "4XX", "The request was rejected; code has the reason.", QueueWire.Json.QueueErrorBody);
    private static readonly Answer Broke = new("5XX", "Internal error.", QueueWire.Json.QueueErrorBody);

    private static readonly Query[] Listing =
    [
        new("status", "Comma-separated statuses, such as IN_QUEUE,IN_PROGRESS, or AWAITING_APPROVAL."),
        new("model", "Only jobs of this model."),
        new("since", "Only jobs created at or after this time, such as 2030-01-31T00:00Z."),
        new("until", "Only jobs created before this time."), new(
            "limit", "Page size, 1 to 200; default 50."), new("before", "The next value of the previous page."),
    ];

    public static DialectReference Of(ModelCatalog catalog) => new("queue", "Queue API", "Authorization", "Bearer KEY",
    [
        .. catalog.Models.SelectMany(model => model.Aliases.Prepend(model.Id).Select(id => Create(id, model))),
        .. Requests("/queue/{model}/requests/{id}"),
        Call(
            "GET", "/jobs", "List the account's jobs of all APIs, newest first.",
            new Answer("200", "A page of jobs.", QueueListWire.Json.QueueList)) with { Queries = Listing },
        Call(
            "GET", "/jobs/{id}/history", "Get a job with its runs and their outcomes.",
            new Answer("200", "The job with its runs.", QueueListWire.Json.QueueHistory)),
        Call(
            "GET", "/jobs/{id}", "Find a job by any form of its id.",
            new Answer("200", "The job's model, status and URLs.", QueueLookupWire.Json.QueueJob)),
        Call(
            "GET", "/jobs/{id}/thumbnail", "Get a still image of a finished video.",
            new Answer("200", "The image.") { ContentType = "image/*" }),
        Call(
            "DELETE", "/jobs/{id}", "Delete a job and its files; a job that has not ended is cancelled.",
            new Answer("204", "The job was deleted.")),
        Call(
            "POST", "/report", "Report misuse of a video of the account to the operator.",
            new Answer("202", "The operator will see the report.")) with { Body = Report() },
        Call(
            "GET", "/models", "List the models that are available to the key.",
            new Answer("200", "Models with their fields and prices.", QueueLookupWire.Json.QueueModels)),
        Call(
            "GET", "/fal/download/{bucket}/{key}",
            "Get a download URL for a result, from its result_uri; key can contain slashes.",
            new Answer("200", "A download URL that is valid for two hours.", QueueWire.Json.QueueDownload)),
        Webhook(
            "GET", "/webhooks/secret", "Get the secret that signs webhooks.",
            new Answer("200", "The secret.", DeliveryJson.Default.SecretBody)),
        Webhook(
            "GET", "/webhooks/jobs/{id}", "List a job's webhook deliveries with every attempt.",
            new Answer("200", "The deliveries.", DeliveryJson.Default.DeliveriesBody)),
        Webhook(
            "POST", "/webhooks/deliveries/{delivery}/redeliver", "Send a webhook again.",
            new Answer("202", "The webhook will be sent.")),
    ]);

    private static JsonObject Report() => FieldSchema.Of(
        ("job", FieldSchema.Text("The id of the job, in any form."), true),
        ("reason", FieldSchema.Text("Such as illegal, person, copyright or other."), true),
        ("details", FieldSchema.Text("What is wrong, in at most 2,000 characters."), false),
        ("contact", FieldSchema.Text("Where the reporter can be reached, in at most 200 characters."), false));

    private static Operation Create(string id, Model model)
    {
        var body = FieldSchema.Of(model.Family.Parameters);
        body["properties"]!["webhook_url"] = FieldSchema.Text("The URL that receives a webhook when the job ends.");
        return Call("POST", $"/queue/{id}", $"{model.Family.Title}: create a job in tier {model.Tier.Name}.",
            new Answer("200", "The queued job; with dry_run, a preview of it.", QueueWire.Json.QueueCreated,
                DryRunWire.Json.DryRunAnswer)) with
        {
            Body = body, Queries = [Query.DryRun],
        };
    }

    private static IEnumerable<Operation> Requests(string path) =>
    [
        Call("GET", path + "/status", "Get a job's status.", new Answer("200", "The status.", QueueWire.Json.QueueStatus)),
        Call("GET", path + "/status/stream", "Stream a job's status as server-sent events until it ends.",
            new Answer("200", "Each event is a status.", QueueWire.Json.QueueStatus) { ContentType = "text/event-stream" }),
        Call(
            "GET", path, "Get the video.",
            new Answer("200", "The video as base64, or download URLs with x-pipelet-output: binary.", QueueWire.Json.QueueVideo)),
        Call(
            "GET", path + "/preview", "Get the latest frame of a running job.",
            new Answer("200", "The frame.") { ContentType = "image/*" }),
        Cancel("PUT", path),
        Cancel("POST", path),
        Call("PUT", path + "/approve", "Approve a job's draft.", new Answer("204", "The job enters the queue.")),
        Call("POST", path + "/approve", "Approve a job's draft.", new Answer("204", "The job enters the queue.")),
    ];

    private static Operation Cancel(string method, string path) => Call(
        method, path + "/cancel", "Cancel a job.", new Answer("204", "The job was cancelled."),
        new Answer("202", "The running job is being stopped.")) with
    {
        Queries = [new("force", "true also stops a running job.")],
    };

    private static Operation Call(string method, string path, string summary, params Answer[] answers) =>
        new(method, path, summary) { Answers = [.. answers, Rejected, Broke] };

    private static Operation Webhook(string method, string path, string summary, Answer answer) =>
        new(method, path, summary) { Answers = [answer, new("4XX", "The request was rejected."), new("5XX", "Internal error.")] };
}
