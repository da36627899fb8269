using System.Text.Json;
using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Intake;

/// <summary>
/// A stored job asked for once more, as if its client sent the same again now: a new job, held to the limits, prices and
/// rules of today. The old one stays what it is, for what ended was told and paid.
/// </summary>
public static class JobRepeat
{
    /// <param name="sameSeed">False: another one is picked.</param>
    /// <param name="prompt">Replaces the job's prompt.</param>
    /// <returns>Null when the catalog no longer has the model.</returns>
    public static JobRequest? Of(Job job, ModelCatalog catalog, bool sameSeed, string? prompt = null)
    {
        if (catalog.Find(job.Model) is not { } model) return null;
        var fields = JsonNode.Parse(job.Input)!.AsObject();
        if (!sameSeed) fields.Remove("seed");
        if (prompt is not null) fields["prompt"] = prompt;
        return new JobRequest
        {
            Account = job.Account,
            Model = model,
            Parameters = ParametersOf(job, catalog, fields),
            Fields = JsonSerializer.SerializeToElement(fields, RepeatJson.Default.JsonObject),
            Binary = job.Binary,
            Dialect = job.Dialect,
            Echo = job.Echo is { } echo ? _ => echo : null,
            Priority = job.Priority,
            Callback = job.WebhookUrl is { } url ? new Callback("webhook_url", url) : null,
        };
    }

    /// <summary>
    /// What the dialect's own list says of the fields, by the names that a stored job has them under. Where a dialect lists a
    /// model more than once, the list that knows most of them.
    /// </summary>
    private static IReadOnlyList<Parameter>? ParametersOf(Job job, ModelCatalog catalog, JsonObject fields) =>
        catalog.Listings.Where(listing => listing.Dialect == job.Dialect && listing.Model.Id == job.Model)
            .MaxBy(listing => listing.Parameters.Count(parameter => fields.ContainsKey(parameter.Canonical)))
            ?.Parameters.Select(parameter => parameter with { Name = parameter.Canonical, As = null }).ToArray();
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
internal sealed partial class RepeatJson : System.Text.Json.Serialization.JsonSerializerContext;
