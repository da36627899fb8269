using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Server.JobResponses;
using Rushes.Server.Reference;

namespace Rushes.Server.Dialects.OpenRouter;

/// <summary>The OpenAPI document of the OpenRouter API.</summary>
internal static class OpenRouterReference
{
    private static readonly Answer Rejected = new("4XX", "The request was rejected.", OpenRouterWire.Json.OpenRouterErrorBody);
    private static readonly Answer Broke = new("5XX", "Internal error.", OpenRouterWire.Json.OpenRouterErrorBody);

    public static DialectReference Of(ModelCatalog catalog) => new("openrouter", "OpenRouter API", "Authorization", "Bearer KEY",
    [
        Call(
            "POST", OpenRouterEndpoints.Path, "Create a video.",
            new Answer("200", "With dry_run, a preview of the video.", DryRunWire.Json.DryRunAnswer),
            new Answer("202", "The job.", OpenRouterWire.Json.OpenRouterVideo)) with
        {
            Body = Body(catalog), Queries = [Query.DryRun],
        },
        Call(
            "GET", $"{OpenRouterEndpoints.Path}/models", "List models with what they can do and their prices.",
            new Answer("200", "The models.", OpenRouterWire.Json.OpenRouterModels)),
        Call(
            "GET", $"{OpenRouterEndpoints.Path}/{{id}}", "Get a job's status.",
            new Answer("200", "The job.", OpenRouterWire.Json.OpenRouterVideo)),
        Call(
            "DELETE", $"{OpenRouterEndpoints.Path}/{{id}}",
            "Delete a job and its files; a job that has not ended is cancelled.", new Answer("204", "Deleted.")),
        Call(
            "GET", $"{OpenRouterEndpoints.Path}/{{id}}/content", "Download a finished video.",
            new Answer("200", "The file.") { ContentType = "video/mp4" },
            new Answer("206", "A range of the file.") { ContentType = "video/mp4" }) with
        {
            Queries = [new("index", "0, because a job has one video.")],
        },
    ]);

    private static JsonObject Body(ModelCatalog catalog)
    {
        Listing[] listed = [.. catalog.Listings.Where(listing => listing.Dialect == OpenRouterModelList.Dialect)];
        var model = FieldSchema.Text("The id of a model.");
        if (listed.FirstOrDefault(listing => listing.Model.Kind == ModelKind.TextToVideo) is { } text)
            model["examples"] = new JsonArray(text.Id);
        JsonObject Image() => FieldSchema.Of(("url", FieldSchema.Text("A URL or a data URL."), true));
        var frame = FieldSchema.Of(
            ("type", new JsonObject { ["enum"] = new JsonArray("image_url") }, true), ("image_url", Image(), true),
            ("frame_type", new JsonObject { ["enum"] = new JsonArray("first_frame", "last_frame") }, true));
        var reference = FieldSchema.Of(
            ("type", new JsonObject { ["enum"] = new JsonArray("image_url", "audio_url", "video_url") }, true),
            ("image_url", Image(), false), ("audio_url", Image(), false), ("video_url", Image(), false));
        var options = new JsonObject
        {
            ["anyOf"] = new JsonArray([.. listed.Select(listing => (JsonNode)FieldSchema.Titled(
                listing.Id, FieldSchema.Of(listing.Parameters.Where(field => !OpenRouterFields.IsOwn(field.Name)))))]),
        };
        return FieldSchema.Of(
            ("model", model, true),
            ("prompt", FieldSchema.Text("What the video shows."), false),
            ("duration", new JsonObject { ["type"] = "number", ["description"] = "Length in seconds." }, false),
            ("resolution", FieldSchema.Text("Such as 720p."), false),
            ("aspect_ratio", FieldSchema.Text("Such as 16:9."), false),
            ("size", FieldSchema.Text("Such as 1280x720, instead of resolution and aspect_ratio."), false),
            ("frame_images", new JsonObject { ["type"] = "array", ["items"] = frame }, false),
            ("input_references", new JsonObject { ["type"] = "array", ["items"] = reference }, false),
            ("generate_audio", new JsonObject { ["type"] = "boolean" }, false),
            ("seed", new JsonObject { ["type"] = "integer" }, false),
            ("callback_url", FieldSchema.Text("The URL that receives an event when the job ends."), false),
            ("provider", FieldSchema.Of(("options", FieldSchema.Of(("rushes", options, false)), false)), false));
    }

    private static Operation Call(string method, string path, string summary, params Answer[] answers) =>
        new(method, path, summary) { Answers = [.. answers, Rejected, Broke] };
}
