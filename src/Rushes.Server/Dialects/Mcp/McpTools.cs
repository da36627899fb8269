using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using Rushes.Catalog;
using Rushes.Server.Reference;

namespace Rushes.Server.Dialects.Mcp;

/// <summary>The tools and their schemas: one that creates videos for each kind of model in the catalog, and the others.</summary>
internal sealed class McpTools
{
    public const string ListModels = "list_models", Estimate = "estimate_video", Get = "get_video", List = "list_videos",
        Cancel = "cancel_video", Approve = "approve_draft";

    /// <summary>The argument with the idempotency key.</summary>
    public const string KeyName = "idempotency_key";

    public const int MaxListed = 50;

    private readonly Dictionary<string, IReadOnlyList<Model>> byTool;

    public McpTools(ModelCatalog catalog)
    {
        byTool = catalog.Models.GroupBy(model => model.Kind).ToDictionary(
            group => NameOf(group.Key), IReadOnlyList<Model> (group) => [.. group]);
        All = [.. byTool.Select(tool => Create(tool.Key, tool.Value)), .. Others(catalog)];
    }

    public IReadOnlyList<Tool> All { get; }

    /// <summary>The models of a tool that creates videos, the default first; null for other tools.</summary>
    public IReadOnlyList<Model>? ModelsOf(string tool) => byTool.GetValueOrDefault(tool);

    public static string NameOf(ModelKind kind) => kind.Name.Replace('-', '_');

    private static Tool Create(string name, IReadOnlyList<Model> models)
    {
        var fields = FieldsOf(models);
        fields.Insert(0, "model", ModelField(models, required: false));
        fields[KeyName] = FieldSchema.Text(
            "Repeating a call with the same key and fields within 24 hours (by default) returns the same request.");
        fields["job_timeout"] = FieldSchema.Text("The request fails if it has not ended within this time, such as 90s or 10m.");
        var schema = new JsonObject { ["type"] = "object", ["properties"] = fields };
        var required = models.Select(RequiredOf).Aggregate((all, more) => [.. all.Intersect(more)]);
        if (required.Length > 0) schema["required"] = new JsonArray([.. required.Select(field => (JsonNode)field)]);
        return Tool(
            name, $"{models[0].Kind.Purpose} Returns a request_id at once; get_video has its status and the finished video.",
            schema, new ToolAnnotations { ReadOnlyHint = false, DestructiveHint = false, OpenWorldHint = false });
    }

    private static IEnumerable<Tool> Others(ModelCatalog catalog)
    {
        var read = new ToolAnnotations { ReadOnlyHint = true, OpenWorldHint = false };
        yield return Tool(
            ListModels, "List the models with their fields, sizes, maximum lengths and prices.",
            new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() }, read);
        yield return Tool(
            Estimate, "Check a request and return its size, price and estimated wait. Nothing is created.",
            FieldSchema.Of(
                ("model", ModelField(catalog.Models, required: true), true),
                ("input", new JsonObject { ["type"] = "object", ["description"] = "The fields of the model." }, true)), read);
        yield return Tool(
            Get, "The status of a request; of a finished one also a link to the video and a thumbnail.",
            FieldSchema.Of(Id()), read);
        yield return Tool(
            List, "The account's requests, newest first.",
            FieldSchema.Of(
                ("status", Choice(McpVideo.Statuses), false),
                ("limit", Limit(), false),
                ("before", FieldSchema.Text("The value of next in the previous answer."), false)), read);
        yield return Tool(
            Cancel, "Cancel a request.",
            FieldSchema.Of(
                Id(),
                ("stop_running", Flag("Also stop a request that is running."), false)),
            new ToolAnnotations { ReadOnlyHint = false, DestructiveHint = true, IdempotentHint = true, OpenWorldHint = false });
        yield return Tool(
            Approve, "Approve the draft of a request that was created with draft = \"approve\", so that its video is made.",
            FieldSchema.Of(Id()),
            new ToolAnnotations { ReadOnlyHint = false, DestructiveHint = false, IdempotentHint = true, OpenWorldHint = false });
    }

    private static (string, JsonObject, bool) Id() =>
        ("request_id", FieldSchema.Text("As a tool that creates videos returned it."), true);

    private static JsonObject Limit() =>
        new() { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = MaxListed, ["default"] = 10 };

    private static JsonObject Choice(IEnumerable<string> values) =>
        new() { ["type"] = "string", ["enum"] = new JsonArray([.. values.Select(value => (JsonNode)value)]) };

    private static JsonObject Flag(string meaning) =>
        new() { ["type"] = "boolean", ["default"] = false, ["description"] = meaning };

    private static Tool Tool(string name, string description, JsonObject schema, ToolAnnotations annotations) => new()
    {
        Name = name,
        Description = description,
        InputSchema = JsonSerializer.SerializeToElement(schema),
        Annotations = annotations,
    };

    private static JsonObject ModelField(IReadOnlyList<Model> models, bool required)
    {
        var field = Choice(models.Select(model => model.Id));
        field["description"] = "The model's id; list_models describes them.";
        if (!required) field["default"] = models[0].Id;
        return field;
    }

    /// <summary>The fields of all the models; where models differ, the schema has only what they share.</summary>
    private static JsonObject FieldsOf(IReadOnlyList<Model> models)
    {
        var all = new JsonObject();
        foreach (var family in models.Select(model => model.Family).Distinct())
            foreach (var (name, schema) in FieldSchema.Of(family.Parameters)["properties"]!.AsObject())
                all[name] = all[name] is { } known && !JsonNode.DeepEquals(known, schema)
                    ? Shared(known.AsObject(), schema!.AsObject())
                    : schema!.DeepClone();
        return all;
    }

    private static JsonObject Shared(JsonObject one, JsonObject other) => new(
        one.Where(part => JsonNode.DeepEquals(part.Value, other[part.Key]))
            .Select(part => KeyValuePair.Create(part.Key, part.Value?.DeepClone())));

    private static string[] RequiredOf(Model model) =>
        [.. model.Family.Parameters.Where(field => field.Required).Select(field => field.Name)];
}
