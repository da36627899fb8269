using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Server.JobResponses;
using Rushes.Server.Reference;

namespace Rushes.Server.Dialects.OpenAi;

/// <summary>The OpenAPI document of the OpenAI API: one create call, whose body depends on the model.</summary>
internal static class OpenAiReference
{
    private static readonly Answer Rejected = new("4XX", "The request was rejected.", OpenAiWire.Json.OpenAiErrorBody);
    private static readonly Answer Broke = new("5XX", "Internal error.", OpenAiWire.Json.OpenAiErrorBody);
    private static readonly Answer Video = new("200", "The video.", OpenAiWire.Json.OpenAiVideo);
    private static readonly Answer Created = new(
        "200", "The queued video; with dry_run, a preview of it.", OpenAiWire.Json.OpenAiVideo, DryRunWire.Json.DryRunAnswer);

    public static DialectReference Of(ModelCatalog catalog) => new("openai", "OpenAI API", "Authorization", "Bearer KEY",
    [
        Call("POST", "/v1/videos", "Create a video.", Created) with
        {
            Body = Requests(catalog, asForm: false), Form = Requests(catalog, asForm: true),
            Queries = [Query.DryRun],
        },
        Call("GET", "/v1/videos", "List videos.", new Answer("200", "A page of videos.", OpenAiWire.Json.Videos)) with
        {
            Queries =
            [
                new("limit", "Videos per page, 0 to 100; 20 by default."),
                new("order", "asc or desc, by creation time; desc by default."),
                new("after", "The id of the last video of the previous page."),
            ],
        },
        Call("GET", "/v1/videos/{id}", "Get a video's status.", Video),
        Call(
            "DELETE", "/v1/videos/{id}", "Delete a video and its files; a job that has not ended is cancelled.",
            new Answer("200", "The id.", OpenAiWire.Json.OpenAiDeleted)),
        Call(
            "GET", "/v1/videos/{id}/content", "Download a finished video, its thumbnail or its sprite sheet.",
            new Answer("200", "The file.") { ContentType = "video/mp4" },
            new Answer("206", "A range of the file.") { ContentType = "video/mp4" }) with
        {
            Queries = [new("variant", "video (default), thumbnail or spritesheet; the images are WebP.")],
        },
        Call("POST", "/v1/videos/{id}/remix", "Create a video like a finished one, with another prompt.", Created) with
        {
            Body = Prompt(), Form = Prompt(), Queries = [Query.DryRun],
        },
        Call("POST", "/v1/videos/{id}/approve", "Approve a video's draft.", Video),
        Call("POST", "/v1/videos/edits", "Edit a video with a model that takes clips.", Created) with
        {
            Body = Edit(FinishedVideo()), Form = Edit(VideoFile()), Queries = [Query.DryRun],
        },
        Call("POST", "/v1/videos/extensions", "Continue a video.", Created) with
        {
            Body = Extension(FinishedVideo()), Form = Extension(VideoFile()), Queries = [Query.DryRun],
        },
        Call("GET", "/v1/models", "List models.", new Answer("200", "The models.", OpenAiWire.Json.Models)),
        Call("GET", "/v1/models/{model}", "Get a model.", new Answer("200", "The model.", OpenAiWire.Json.OpenAiModel)),
        Call(
            "POST", "/v1/files", "Upload a file, as multipart/form-data.", File,
            new Answer(
                "201", "The file, for the part content of Replicate's clients.", OpenAiFilesWire.Json.OpenAiContentFile)) with
        {
            Form = FieldSchema.Of(
                ("file", FieldSchema.File("An image, audio or a clip."), true),
                ("purpose", FieldSchema.Text("Returned with the file; vision by default. It is not stored."), false)),
        },
        Call("GET", "/v1/files", "List uploaded files.", new Answer("200", "The files.", OpenAiFilesWire.Json.Files)),
        Call("GET", "/v1/files/{id}", "Get an uploaded file's details.", File),
        Call(
            "DELETE", "/v1/files/{id}", "Delete an uploaded file.",
            new Answer("200", "The id.", OpenAiWire.Json.OpenAiDeleted),
            new Answer("204", "The file was uploaded by a client of Replicate.")),
        Call("GET", "/v1/files/{id}/content", "Download an uploaded file.", FileContent),
        Call("GET", "/v1/files/{id}/download", "Download an uploaded file, as Replicate's clients do.", FileContent),
    ]);

    private static Answer[] FileContent =>
    [
        new("200", "The file.") { ContentType = "application/octet-stream" },
        new("206", "A range of the file.") { ContentType = "application/octet-stream" },
    ];

    private static Answer File => new("200", "The file.", OpenAiFilesWire.Json.OpenAiFile);

    private static IEnumerable<Listing> Listings(ModelCatalog catalog) =>
        catalog.Listings.Where(listing => listing.Dialect == OpenAiModels.Dialect);

    private static JsonObject Requests(ModelCatalog catalog, bool asForm) =>
        new() { ["anyOf"] = new JsonArray([.. Listings(catalog).Select(listing => (JsonNode)Request(listing, asForm))]) };

    private static JsonObject Request(Listing listing, bool asForm)
    {
        var schema = FieldSchema.Of(listing.Parameters.Where(field => field.Name is not (OpenAiFields.Reference or "seconds")));
        var properties = schema["properties"]!.AsObject();
        properties["model"] = FieldSchema.Text($"{listing.Id}, or a name that the operator has given it.");
        properties["tier"] = FieldSchema.Text("A tier of the model's family, instead of the model's own.");
        properties["size"] = FieldSchema.Text("Such as 1280x720.");
        properties["seconds"] = new JsonObject
        {
            ["type"] = new JsonArray("string", "number"), ["description"] = "Length in seconds.",
        };
        properties["webhook_url"] = FieldSchema.Text(
            "The URL that receives an event when the job ends; by default the account's webhook URL.");
        if (listing.Parameters.Any(field => field.Name == OpenAiFields.Reference)) AddReference(properties, asForm);
        return FieldSchema.Titled(listing.Id, schema);
    }

    private static void AddReference(JsonObject properties, bool asForm)
    {
        const string image = "image_url", file = "file_id";
        var url = FieldSchema.Text("A URL or a data URL.");
        var id = FieldSchema.Text("The id of an uploaded file.");
        if (asForm)
        {
            properties[OpenAiFields.Reference] = FieldSchema.File("The image.");
            properties[$"{OpenAiFields.Reference}[{image}]"] = url;
            properties[$"{OpenAiFields.Reference}[{file}]"] = id;
        }
        else
        {
            properties[OpenAiFields.Reference] = FieldSchema.Of((image, url, false), (file, id, false));
        }
    }

    private static JsonObject Prompt() => FieldSchema.Of(("prompt", FieldSchema.Text("What the video shows."), true));

    private static JsonObject Edit(JsonObject video) => FieldSchema.Of(
        ("prompt", FieldSchema.Text("What to change."), false),
        ("model", FieldSchema.Text("A model that takes clips."), false), (OpenAiEdit.Field, video, true));

    private static JsonObject Extension(JsonObject video) => FieldSchema.Of(
        ("prompt", FieldSchema.Text("What happens next."), true),
        ("model", FieldSchema.Text("A model that continues clips."), false),
        ("seconds", new JsonObject
        {
            ["type"] = new JsonArray("string", "number"), ["description"] = "Seconds to add; 4 by default.",
        }, false),
        (OpenAiEdit.Field, video, true));

    private static JsonObject VideoFile() =>
        FieldSchema.File($"The video. A finished one is sent as {OpenAiEdit.FormField} instead.");

    private static JsonObject FinishedVideo() =>
        FieldSchema.Of(("id", FieldSchema.Text("The id of a finished video."), true));

    private static Operation Call(string method, string path, string summary, params Answer[] answers) =>
        new(method, path, summary) { Answers = [.. answers, Rejected, Broke] };
}
