using Rushes.Catalog;
using Rushes.Server.Reference;

namespace Rushes.Server.Dialects.Fal;

/// <summary>fal's calls as their OpenAPI document tells them: a path for each app, with its own fields.</summary>
internal static class FalReference
{
    private static readonly Answer Refused = new("4XX", "Refused, or failed.", FalWire.Json.FalError, FalWire.Json.FalFieldErrors, FalWire.Json.FalWord);
    private static readonly Answer Broke = new("5XX", "Failed, or the gateway's fault.", FalWire.Json.FalError, FalWire.Json.FalFieldErrors);

    public static DialectReference Of(ModelCatalog catalog) => new("fal", "The fal dialect", "Authorization", "Key KEY",
    [
        .. catalog.Listings.Where(listing => listing.Dialect == FalApps.Dialect).SelectMany(listing => Create(listing.Id, listing.Model, listing.Parameters)),
        .. catalog.Models.SelectMany(model => Create($"{FalApps.Queue}/{model.Id}", model, model.Family.Parameters)),
        .. new FalApps(catalog).Owners.SelectMany(owner => Requests($"/{owner}/{{name}}/requests/{{id}}")),
        Call("POST", "/storage/upload/initiate", "A place to put a file to.", new Answer("200", "Where to put it, and the link it is read by.", FalWire.Json.FalUpload)) with
        {
            Body = FieldSchema.Of(("content_type", FieldSchema.Text("Such as image/jpeg."), false), ("file_name", FieldSchema.Text("Its ending is kept."), false)),
        },
        Call("POST", "/storage/upload/initiate-multipart", "Refused: files are put in one piece."),
        new("GET", "/.well-known/jwks.json", "The keys that callbacks are signed with.") { Open = true, Answers = [new("200", "A JSON Web Key Set.")] },
    ]);

    private static IEnumerable<Operation> Create(string id, Model model, IReadOnlyList<Parameter> parameters)
    {
        yield return Call("POST", $"/{id}", $"{model.Family.Title}: queued.",
            new Answer("200", "It is queued; with dry_run, what it would be.", FalWire.Json.FalStatus, DryRunWire.Json.DryRunAnswer)) with
        {
            Body = FieldSchema.Of(parameters), Queries = [new("fal_webhook", "Where the end of the request is told."), Query.DryRun],
        };
        yield return Call("POST", $"{FalRun.Prefix}/{id}", $"{model.Family.Title}: waited for.",
            new Answer("200", "The video; with dry_run, what it would be.", FalWire.Json.FalResult, DryRunWire.Json.DryRunAnswer)) with
        {
            Body = FieldSchema.Of(parameters), Queries = [Query.DryRun],
        };
    }

    private static IEnumerable<Operation> Requests(string path) =>
    [
        Call("GET", path + "/status", "Where a request stands.",
            new Answer("200", "It has ended.", FalWire.Json.FalStatus), new Answer("202", "It has not.", FalWire.Json.FalStatus)) with { Queries = [Logs] },
        Call("GET", path + "/status/stream", "The same as server-sent events, until it ends.",
            new Answer("200", "Each event is a status.", FalWire.Json.FalStatus) { ContentType = "text/event-stream" }) with { Queries = [Logs] },
        Call("GET", path, "The video.", new Answer("200", "A link to it.", FalWire.Json.FalResult)),
        Call("GET", path + "/preview", "The newest frame of a running request.", new Answer("200", "A picture.") { ContentType = "image/*" }),
        Call("PUT", path + "/cancel", "Calls a request off.", new Answer("202", "It is being cancelled.", FalWire.Json.FalWord)),
        Call("PUT", path + "/approve", "Approves its draft.", new Answer("202", "It enters the queue.", FalWire.Json.FalWord)),
        Call("POST", path + "/approve", "The same.", new Answer("202", "It enters the queue.", FalWire.Json.FalWord)),
    ];

    private static readonly Query Logs = new("logs", "1: with the lines of its log.");

    private static Operation Call(string method, string path, string summary, params Answer[] answers) =>
        new(method, path, summary) { Answers = [.. answers, Refused, Broke] };
}
