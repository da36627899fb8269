using Rushes.Catalog;
using Rushes.Server.Callbacks;
using Rushes.Server.Reference;

namespace Rushes.Server.Dialects.Queue;

/// <summary>The queue dialect as its OpenAPI document tells it: a path for each model, with that model's fields.</summary>
internal static class QueueReference
{
    private static readonly Answer Refused = new("4XX", "Refused; code says why.", QueueWire.Json.QueueErrorBody);
    private static readonly Answer Broke = new("5XX", "The gateway's fault.", QueueWire.Json.QueueErrorBody);

    private static readonly Query[] Listing =
    [
        new("status", "Only those, such as IN_QUEUE,IN_PROGRESS."), new("model", "Only of this model."), new("since", "Created then or later: 2030-01-31T00:00Z."),
        new("until", "Created before."), new("limit", "Requests a page, 1 to 200; 50."), new("before", "The next page: the next of the page before."),
    ];

    public static DialectReference Of(ModelCatalog catalog) => new("queue", "The queue dialect", "Authorization", "Bearer KEY",
    [
        .. catalog.Models.SelectMany(model => model.Aliases.Prepend(model.Id).Select(id => Create(id, model))),
        .. Requests("/queue/{model}/requests/{id}"),
        Call("GET", "/jobs", "Requests of the account, in any dialect, newest first.", new Answer("200", "A page of them.", QueueListWire.Json.QueueList)) with { Queries = Listing },
        Call("GET", "/jobs/{id}/history", "What has happened to a job: its runs, and why they ended.", new Answer("200", "The job with its runs.", QueueListWire.Json.QueueHistory)),
        Call("GET", "/jobs/{id}", "A job by its id alone, in any dialect's form.", new Answer("200", "Where it is found.", QueueLookupWire.Json.QueueJob)),
        Call("GET", "/models", "The models that this key may call.", new Answer("200", "Models with their fields and prices.", QueueLookupWire.Json.QueueModels)),
        Call("GET", "/fal/download/{bucket}/{key}", "A link to a result, from its result_uri; the key may hold slashes.", new Answer("200", "A link that lives two hours.", QueueWire.Json.QueueDownload)),
        Webhook("GET", "/webhooks/secret", "The secret that callbacks are signed with.", new Answer("200", "The secret.", DeliveryJson.Default.SecretBody)),
        Webhook("GET", "/webhooks/jobs/{id}", "A job's callbacks with every try.", new Answer("200", "The callbacks.", DeliveryJson.Default.DeliveriesBody)),
        Webhook("POST", "/webhooks/deliveries/{delivery}/redeliver", "Sends a callback again.", new Answer("202", "It will be sent.")),
    ]);

    private static Operation Create(string id, Model model)
    {
        var body = FieldSchema.Of(model.Family.Parameters);
        body["properties"]!["webhook_url"] = FieldSchema.Text("Where the end of the job is told.");
        return Call("POST", $"/queue/{id}", $"{model.Family.Title}; tier {model.Tier.Name}.",
            new Answer("200", "It is queued; with dry_run, what it would be.", QueueWire.Json.QueueCreated, DryRunWire.Json.DryRunAnswer)) with
        {
            Body = body, Queries = [Query.DryRun],
        };
    }

    private static IEnumerable<Operation> Requests(string path) =>
    [
        Call("GET", path + "/status", "Where a request stands.", new Answer("200", "Its status.", QueueWire.Json.QueueStatus)),
        Call("GET", path + "/status/stream", "The same as server-sent events, until it ends.",
            new Answer("200", "Each event is a status.", QueueWire.Json.QueueStatus) { ContentType = "text/event-stream" }),
        Call("GET", path, "The video.", new Answer("200", "As base64, or links for x-pipelet-output: binary.", QueueWire.Json.QueueVideo)),
        Call("GET", path + "/preview", "The newest frame of a running request.", new Answer("200", "A picture.") { ContentType = "image/*" }),
        Call("PUT", path + "/cancel", "Calls a request off.", new Answer("204", "Cancelled."), new Answer("202", "It is being stopped.")) with
        {
            Queries = [new("force", "true: also when it runs.")],
        },
        Call("PUT", path + "/approve", "Approves its draft.", new Answer("204", "It enters the queue.")),
        Call("POST", path + "/approve", "The same.", new Answer("204", "It enters the queue.")),
    ];

    private static Operation Call(string method, string path, string summary, params Answer[] answers) =>
        new(method, path, summary) { Answers = [.. answers, Refused, Broke] };

    private static Operation Webhook(string method, string path, string summary, Answer answer) =>
        new(method, path, summary) { Answers = [answer, new("4XX", "Refused."), new("5XX", "The gateway's fault.")] };
}
