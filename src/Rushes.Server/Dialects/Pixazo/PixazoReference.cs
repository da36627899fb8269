using Rushes.Catalog;
using Rushes.Server.JobResponses;
using Rushes.Server.Reference;

namespace Rushes.Server.Dialects.Pixazo;

/// <summary>The OpenAPI document of the Pixazo API.</summary>
internal static class PixazoReference
{
    private static readonly Answer Rejected = new("4XX", "The request was rejected.", PixazoWire.Json.PixazoErrorBody);
    private static readonly Answer Broke = new("5XX", "Internal error.", PixazoWire.Json.PixazoErrorBody);

    public static DialectReference Of(ModelCatalog catalog) => new("pixazo", "Pixazo API", "Ocp-Apim-Subscription-Key", "KEY",
    [
        .. catalog.Listings.Where(listing => listing.Dialect == PixazoEndpoints.Dialect).Select(Create),
        Call(
            "/wan2.2-s2v-polling/getStatusSpeechToVideo", "Get a request's status.",
            new Answer("200", "The status, and the video when it is ready.", PixazoWire.Json.PixazoStatus)),
        Call(
            "/wan2.2-s2v/v1/approveSpeechToVideoRequest", "Approve a request's draft.",
            new Answer("200", "The request's id.", PixazoWire.Json.PixazoCreated)),
        Call(
            "/wan2.2-s2v/v1/cancelSpeechToVideoRequest", "Cancel a request.",
            new Answer("200", "The request's id.", PixazoWire.Json.PixazoCreated)),
    ]);

    private static Operation Create(Listing listing) =>
        Call("/wan2.2-s2v/v1/generateSpeechToVideoRequest", $"{listing.Model.Family.Title}: create a request.",
            new Answer("200", "The request's id; with dry_run, a preview of the request.", PixazoWire.Json.PixazoCreated,
                DryRunWire.Json.DryRunAnswer)) with
        {
            Body = FieldSchema.Of(listing.Parameters), Queries = [Query.DryRun],
        };

    private static Operation Call(string path, string summary, Answer answer) => new("POST", path, summary)
    {
        Body = FieldSchema.Of(("requestId", FieldSchema.Text("The request's id; request_id also works."), false)),
        Answers = [answer, Rejected, Broke],
    };
}
