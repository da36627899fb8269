using System.Text.Json;
using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Intake;

/// <summary>
/// Creates a request from a stored job, as if its client sent it again: a new job with current limits, prices and rules. The
/// old job is unchanged.
/// </summary>
public static class JobRepeat
{
    /// <param name="sameSeed">False: a new seed is chosen.</param>
    /// <param name="prompt">Replaces the job's prompt.</param>
    /// <returns>Null if the model is no longer in the catalog.</returns>
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
            Callback = job.WebhookUrl is { } url ? new Callback("webhook_url", url) { Events = job.WebhookEvents } : null,
        };
    }

    /// <summary>
    /// The dialect's own list of fields, by the names in a stored job. If a dialect lists a model more than once, the list
    /// that has most of the fields.
    /// </summary>
    private static IReadOnlyList<Parameter>? ParametersOf(Job job, ModelCatalog catalog, JsonObject fields) =>
        catalog.Listings.Where(listing => listing.Dialect == job.Dialect && listing.Model.Id == job.Model)
            .MaxBy(listing => listing.Parameters.Count(parameter => fields.ContainsKey(parameter.Canonical)))
            ?.Parameters.Select(parameter => parameter with { Name = parameter.Canonical, As = null }).ToArray();
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
internal sealed partial class RepeatJson : System.Text.Json.Serialization.JsonSerializerContext;
