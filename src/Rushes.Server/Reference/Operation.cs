using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Rushes.Server.Reference;

/// <summary>One dialect as its clients are told of it.</summary>
/// <param name="KeyForm">What the header holds, such as <c>Bearer KEY</c>.</param>
internal sealed record DialectReference(string Name, string Title, string KeyHeader, string KeyForm, IReadOnlyList<Operation> Operations);

/// <summary>One call. Paths are OpenAPI's: <c>/jobs/{id}</c>.</summary>
internal sealed record Operation(string Method, string Path, string Summary)
{
    /// <summary>What the body must be, as a JSON schema; null: it has none.</summary>
    public JsonObject? Body { get; init; }

    public IReadOnlyList<Query> Queries { get; init; } = [];

    public required IReadOnlyList<Answer> Answers { get; init; }

    /// <summary>Whether it is answered without a key.</summary>
    public bool Open { get; init; }
}

internal sealed record Query(string Name, string Meaning, bool Required = false)
{
    public static readonly Query DryRun = new("dry_run", "true: nothing is made; the answer says what would be, and what it would cost.");
}

/// <param name="Status">Such as 200, or 4XX for all of them.</param>
/// <param name="Types">What the body may be; none: it has none, or it is no JSON.</param>
internal sealed record Answer(string Status, string Meaning, params JsonTypeInfo[] Types)
{
    public string ContentType { get; init; } = "application/json";
}
