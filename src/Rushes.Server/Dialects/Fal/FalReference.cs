using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Server.JobResponses;
using Rushes.Server.Reference;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.Fal;

/// <summary>The OpenAPI document of the fal API: one path per app, with its fields.</summary>
internal static class FalReference
{
    private static readonly Answer Rejected = new(
        "4XX", "The request was rejected, or the job failed.", FalWire.Json.FalError, FalWire.Json.FalFieldErrors,
        FalWire.Json.FalWord);
    private static readonly Answer Broke = new(
        "5XX", "The job failed, or internal error.", FalWire.Json.FalError, FalWire.Json.FalFieldErrors);

    public static DialectReference Of(ModelCatalog catalog) => new("fal", "fal API", "Authorization", "Key KEY",
    [
        .. catalog.Listings.Where(listing => listing.Dialect == FalApps.Dialect).SelectMany(
            listing => Create(listing.Id, listing.Model, listing.Parameters)),
        .. catalog.Models.SelectMany(model => Create($"{FalApps.Queue}/{model.Id}", model, model.Family.Parameters)),
        .. new FalApps(catalog).Owners.SelectMany(owner => Requests($"/{owner}/{{name}}/requests/{{id}}")),
        Call(
            "POST", "/storage/upload/initiate", "Start a file upload.",
            new Answer("200", "The upload URL, and the URL to use as input.", FalWire.Json.FalUpload)) with
        {
            Body = Upload(),
        },
        new("PUT", UploadLinks.Path + "{key}", "Upload the file: a signed URL, returned by initiate.")
        {
            Open = true, Answers = [new("200", "The file is stored.")],
        },
        Call(
            "POST", "/storage/upload/initiate-multipart", "Start a file upload in parts.",
            new Answer("200", "The upload URL, and the URL to use as input.", FalWire.Json.FalUpload)) with { Body = Upload() },
        new(
            "PUT", UploadLinks.Path + "{caller}/uploads/{owner}/{day}/{name}/{part}",
            "Upload a part: the signed URL with the part's number from 1 in its path.")
        {
            Open = true, Answers = [new("200", "The part is stored.", FalWire.Json.FalPart)],
        },
        new(
            "POST", UploadLinks.Path + "{caller}/uploads/{owner}/{day}/{name}/complete",
            "Join the parts: the signed URL with complete in its path.")
        {
            Open = true,
            Body = FieldSchema.Of(("parts", PartList(), true)),
            Answers = [new("200", "The file is stored."), new("409", "It is being completed or aborted.", FalWire.Json.FalError)],
        },
        new(
            "DELETE", UploadLinks.Path + "{key}",
            "Abort an upload in parts: deletes the parts. The signed URL, returned by initiate-multipart.")
        {
            Open = true,
            Answers =
            [
                new("204", "The parts are deleted."), new("409", "It is being completed or aborted.", FalWire.Json.FalError),
            ],
        },
        new(
            "GET", "/.well-known/jwks.json",
            "The public keys of webhook signatures.") { Open = true, Answers = [new("200", "A JSON Web Key Set.")] },
    ]);

    private static JsonObject PartList() =>
        new() { ["type"] = "array", ["description"] = "partNumber and etag of each." };

    private static JsonObject Upload() => FieldSchema.Of(
        ("content_type", FieldSchema.Text("Such as image/jpeg."), false),
        ("file_name", FieldSchema.Text("Its extension is kept."), false));

    private static IEnumerable<Operation> Create(string id, Model model, IReadOnlyList<Parameter> parameters)
    {
        yield return Call("POST", $"/{id}", $"{model.Family.Title}: create a job.",
            new Answer(
                "200", "The queued job; with dry_run, a preview of it.", FalWire.Json.FalStatus,
                DryRunWire.Json.DryRunAnswer)) with
        {
            Body = FieldSchema.Of(parameters),
            Queries = [new("fal_webhook", "The URL that receives a webhook when the job ends."), Query.DryRun],
        };
        yield return Call("POST", $"{FalRun.Prefix}/{id}", $"{model.Family.Title}: create a job and wait for the video.",
            new Answer(
                "200", "The video; with dry_run, a preview of the job.", FalWire.Json.FalResult,
                DryRunWire.Json.DryRunAnswer)) with
        {
            Body = FieldSchema.Of(parameters), Queries = [Query.DryRun],
        };
    }

    private static IEnumerable<Operation> Requests(string path) =>
    [
        Call("GET", path + "/status", "Get a job's status.",
            new Answer("200", "The job has ended.", FalWire.Json.FalStatus),
            new Answer("202", "The job has not ended.", FalWire.Json.FalStatus)) with { Queries = [Logs] },
        Call("GET", path + "/status/stream", "Stream a job's status as server-sent events until it ends.",
            new Answer("200", "Each event is a status.", FalWire.Json.FalStatus) { ContentType = "text/event-stream" }) with
        {
            Queries = [Logs],
        },
        Call("GET", path, "Get the video.", new Answer("200", "Its download URL.", FalWire.Json.FalResult)),
        Call(
            "GET", path + "/preview", "Get the latest frame of a running job.",
            new Answer("200", "The frame.") { ContentType = "image/*" }),
        Call("PUT", path + "/cancel", "Cancel a job.", new Answer("202", "The job is being cancelled.", FalWire.Json.FalWord)),
        Call("POST", path + "/cancel", "Cancel a job.", new Answer("202", "The job is being cancelled.", FalWire.Json.FalWord)),
        Call(
            "PUT", path + "/approve", "Approve a job's draft.",
            new Answer("202", "The job enters the queue.", FalWire.Json.FalWord)),
        Call(
            "POST", path + "/approve", "Approve a job's draft.",
            new Answer("202", "The job enters the queue.", FalWire.Json.FalWord)),
    ];

    private static readonly Query Logs = new("logs", "1 includes log lines.");

    private static Operation Call(string method, string path, string summary, params Answer[] answers) =>
        new(method, path, summary) { Answers = [.. answers, Rejected, Broke] };
}
