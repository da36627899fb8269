using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Rushes.Server.Http;

namespace Rushes.Server.Reference;

/// <summary>A dialect's OpenAPI 3.1 document. Response schemas are generated from the response types.</summary>
internal sealed class OpenApiDocument
{
    public const string Json = "application/json", Form = "multipart/form-data";

    private readonly JsonObject schemas = [];

    private OpenApiDocument() { }

    public static JsonObject Of(DialectReference dialect)
    {
        var document = new OpenApiDocument();
        var paths = new JsonObject();
        foreach (var path in dialect.Operations.GroupBy(operation => operation.Path))
            paths[path.Key] = new JsonObject(
                path.Select(
                    operation => KeyValuePair.Create(operation.Method.ToLowerInvariant(), (JsonNode?)document.Write(operation))));
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = dialect.Title, ["version"] = ProgramVersion.Text,
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["security"] = new JsonArray(new JsonObject { ["key"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
                { ["securitySchemes"] = new JsonObject { ["key"] = Key(dialect) }, ["schemas"] = document.schemas },
        };
    }

    private static JsonObject Key(DialectReference dialect) => dialect.KeyForm.StartsWith("Bearer ", StringComparison.Ordinal)
        ? new() { ["type"] = "http", ["scheme"] = "bearer" }
        : new() { ["type"] = "apiKey", ["in"] = "header", ["name"] = dialect.KeyHeader, ["description"] = dialect.KeyForm };

    private JsonObject Write(Operation operation)
    {
        var written = new JsonObject { ["summary"] = operation.Summary };
        if (operation.Open) written["security"] = new JsonArray();
        if (Parameters(operation) is { Count: > 0 } parameters) written["parameters"] = parameters;
        if (Bodies(operation) is { Count: > 0 } content)
            written["requestBody"] = new JsonObject { ["required"] = true, ["content"] = content };
        written["responses"] = new JsonObject(
            operation.Answers.Select(answer => KeyValuePair.Create(answer.Status, (JsonNode?)Write(answer))));
        return written;
    }

    private static JsonObject Bodies(Operation operation)
    {
        var content = new JsonObject();
        if (operation.Body is { } body)
            content[Json] = new JsonObject { ["schema"] = body, ["example"] = BodyExample.Of(body) };
        if (operation.Form is { } form) content[Form] = new JsonObject { ["schema"] = form };
        return content;
    }

    private static JsonArray Parameters(Operation operation)
    {
        var inPath = operation.Path.Split('/')
            .Where(part => part.StartsWith('{'))
            .Select(part => part.Trim('{', '}'))
            .Select(name => Parameter("path", name, true, null));
        return
        [
            .. inPath, .. operation.Queries.Select(query => Parameter("query", query.Name, query.Required, query.Meaning)),
            .. operation.Creates ? CreateHeaders() : [],
        ];
    }

    private static JsonObject[] CreateHeaders() =>
    [
        Parameter(
            "header", IdempotencyHeader.Name, false,
            "Repeating the same request with the same key within 24 hours (by default) returns the same job."),
        Parameter(
            "header", JobTimeoutHeader.Name, false,
            "The job fails if it has not ended within this time, such as 90, 90s or 1h30m."),
    ];

    private static JsonObject Parameter(string place, string name, bool required, string? meaning)
    {
        var parameter = new JsonObject
        {
            ["name"] = name, ["in"] = place, ["required"] = required, ["schema"] = new JsonObject { ["type"] = "string" },
        };
        if (meaning is not null) parameter["description"] = meaning;
        return parameter;
    }

    private JsonObject Write(Answer answer)
    {
        var written = new JsonObject { ["description"] = answer.Meaning };
        JsonObject[] bodies = [.. answer.Types.Select(Reference)];
        if (bodies.Length > 0)
            written["content"] = Content(
                answer.ContentType, bodies.Length == 1 ? bodies[0] : new JsonObject { ["anyOf"] = new JsonArray([.. bodies]) });
        else if (answer.ContentType != Json)
            written["content"] = Content(answer.ContentType, new JsonObject { ["type"] = "string" });
        return written;
    }

    private static JsonObject Content(string type, JsonObject schema) =>
        new() { [type] = new JsonObject { ["schema"] = schema } };

    private JsonObject Reference(JsonTypeInfo type)
    {
        var name = NameOf(type.Type);
        if (!schemas.ContainsKey(name))
            schemas[name] = type.GetJsonSchemaAsNode(
                new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Exact });
        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    /// <summary>
    /// The exporter requires what deserialization needs; responses also always have properties that are written when null.
    /// </summary>
    private static JsonNode Exact(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (context.TypeInfo.Kind != JsonTypeInfoKind.Object || schema is not JsonObject written) return schema;
        written.Remove("required");
        JsonNode[] always = [.. context.TypeInfo.Properties.Where(IsAlwaysWritten).Select(property => (JsonNode)property.Name)];
        if (always.Length > 0) written["required"] = new JsonArray(always);
        return written;
    }

    private static bool IsAlwaysWritten(JsonPropertyInfo property)
    {
        var ignore = property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), true)
            .OfType<JsonIgnoreAttribute>()
            .FirstOrDefault();
        return ignore is null ? !property.IsGetNullable : ignore.Condition == JsonIgnoreCondition.Never;
    }

    private static string NameOf(Type type) => type.IsGenericType
        ? type.Name[..type.Name.IndexOf('`')] + "Of" + string.Concat(type.GetGenericArguments().Select(NameOf))
        : type.Name;
}
