using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Rushes.Server.Reference;

/// <summary>The API reference of one dialect.</summary>
/// <param name="KeyForm">The header's value, such as <c>Bearer KEY</c>.</param>
internal sealed record DialectReference(
    string Name, string Title, string KeyHeader, string KeyForm, IReadOnlyList<Operation> Operations);

/// <summary>One call, with an OpenAPI path such as <c>/jobs/{id}</c>.</summary>
internal sealed record Operation(string Method, string Path, string Summary)
{
    /// <summary>The JSON schema of the body; null if there is none.</summary>
    public JsonObject? Body { get; init; }

    /// <summary>The schema of the body as <c>multipart/form-data</c>; null if it cannot be sent so.</summary>
    public JsonObject? Form { get; init; }

    public IReadOnlyList<Query> Queries { get; init; } = [];

    public required IReadOnlyList<Answer> Answers { get; init; }

    /// <summary>Whether it creates a job, and so takes the headers of all such calls.</summary>
    public bool Creates => Queries.Contains(Query.DryRun);

    /// <summary>Whether it needs no key.</summary>
    public bool Open { get; init; }
}

internal sealed record Query(string Name, string Meaning, bool Required = false)
{
    public static readonly Query DryRun = new("dry_run", "true previews the job and its price without creating it.");
}

/// <param name="Status">Such as 200, or 4XX for a class.</param>
/// <param name="Types">The possible JSON bodies; empty if the body is not JSON or there is none.</param>
internal sealed record Answer(string Status, string Meaning, params JsonTypeInfo[] Types)
{
    public string ContentType { get; init; } = "application/json";
}
