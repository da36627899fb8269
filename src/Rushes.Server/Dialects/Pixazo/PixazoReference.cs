using Rushes.Catalog;
using Rushes.Server.Reference;

namespace Rushes.Server.Dialects.Pixazo;

/// <summary>Pixazo's calls as their OpenAPI document tells them.</summary>
internal static class PixazoReference
{
    private static readonly Answer Refused = new("4XX", "Refused.", PixazoWire.Json.PixazoErrorBody);
    private static readonly Answer Broke = new("5XX", "The gateway's fault.", PixazoWire.Json.PixazoErrorBody);

    public static DialectReference Of(ModelCatalog catalog) => new("pixazo", "The Pixazo dialect", "Ocp-Apim-Subscription-Key", "KEY",
    [
        .. catalog.Listings.Where(listing => listing.Dialect == PixazoEndpoints.Dialect).Select(Create),
        Call("/wan2.2-s2v-polling/getStatusSpeechToVideo", "Where a request stands.", new Answer("200", "Its status, and the video when it has ended.", PixazoWire.Json.PixazoStatus)),
        Call("/wan2.2-s2v/v1/approveSpeechToVideoRequest", "Approves its draft.", new Answer("200", "Its id.", PixazoWire.Json.PixazoCreated)),
        Call("/wan2.2-s2v/v1/cancelSpeechToVideoRequest", "Calls a request off.", new Answer("200", "Its id.", PixazoWire.Json.PixazoCreated)),
    ]);

    private static Operation Create(Listing listing) =>
        Call("/wan2.2-s2v/v1/generateSpeechToVideoRequest", $"{listing.Model.Family.Title}: creates a request.",
            new Answer("200", "Its id; with dry_run, what it would be.", PixazoWire.Json.PixazoCreated, DryRunWire.Json.DryRunAnswer)) with
        {
            Body = FieldSchema.Of(listing.Parameters), Queries = [Query.DryRun],
        };

    private static Operation Call(string path, string summary, Answer answer) => new("POST", path, summary)
    {
        Body = FieldSchema.Of(("requestId", FieldSchema.Text("What creating it answered; request_id is the same."), false)),
        Answers = [answer, Refused, Broke],
    };
}
