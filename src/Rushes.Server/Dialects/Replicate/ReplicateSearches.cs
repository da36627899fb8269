using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Intake;
using Rushes.Server.Auth;
using Rushes.Server.Http;

namespace Rushes.Server.Dialects.Replicate;

/// <summary>
/// How clients find models: by words, and by collections, which are the kinds of models. Only the models that the account's plan
/// allows are found.
/// </summary>
internal sealed class ReplicateSearches(ReplicateModels models, PlanLimits limits, Origin origin)
{
    private const string Query = "query", Limit = "limit";

    private const int DefaultLimit = 20, MaxLimit = 50;

    public void Map(IEndpointRouteBuilder calls)
    {
        calls.MapMethods("/models", ["QUERY"], QueryAsync).RequireScope(Scopes.Read).WithMetadata(BodyLimit.Fields);
        calls.MapGet("/search", Search).RequireScope(Scopes.Read);
        calls.MapGet("/collections", Collections).RequireScope(Scopes.Read);
        calls.MapGet("/collections/{slug}", Collection).RequireScope(Scopes.Read);
        calls.MapGet("/hardware", Hardware).RequireScope(Scopes.Read);
    }

    /// <summary>The query is the body, as text. Replicate's own client sends it as a JSON string.</summary>
    private async Task<IResult> QueryAsync(HttpContext http, CancellationToken cancel)
    {
        using var reader = new StreamReader(http.Request.Body);
        var query = (await reader.ReadToEndAsync(cancel)).Trim().Trim('"');
        ReplicateModel[] found = [.. Find(http, query).Select(entry => Describe(http, entry))];
        return TypedResults.Json(new ReplicateList<ReplicateModel>(found), ReplicateWire.Json.Models);
    }

    private IResult Search(HttpContext http)
    {
        var (query, limit, count) = (http.Request.Query[Query].ToString(), http.Request.Query[Limit].ToString(), DefaultLimit);
        if (query.Length == 0) return ReplicateErrors.Of(http, Problem.BadField(Query, "is missing; send some words"));
        if (limit.Length > 0 && !(int.TryParse(limit, out count) && count is >= 1 and <= MaxLimit))
            return ReplicateErrors.Of(
                http, Problem.BadField(Limit, $"is \"{Excerpt.Of(limit)}\"; send an integer from 1 to {MaxLimit}"));
        var found = Find(http, query).ToArray();
        return TypedResults.Json(
            new ReplicateFound(
                [.. found.Take(count).Select(entry => new ReplicateFoundModel(Describe(http, entry)))],
                [.. found.Select(entry => entry.Model.Kind).Distinct().Select(kind => Describe(kind))]),
            ReplicateWire.Json.ReplicateFound);
    }

    private IResult Collections(HttpContext http) => TypedResults.Json(
        new ReplicateList<ReplicateCollection>(
            [.. Available(http).Select(entry => entry.Model.Kind).Distinct().Order().Select(kind => Describe(kind))]),
        ReplicateWire.Json.Collections);

    private IResult Collection(HttpContext http, string slug)
    {
        var found = Available(http).Where(entry => entry.Model.Kind.Name == slug).ToArray();
        return found.Length == 0
            ? ReplicateErrors.UnknownCollection(slug)
            : TypedResults.Json(
                Describe(found[0].Model.Kind) with { Models = [.. found.Select(entry => Describe(http, entry))] },
                ReplicateWire.Json.ReplicateCollection);
    }

    /// <summary>None: a client cannot choose the hardware of a prediction.</summary>
    private static IResult Hardware(HttpContext http) => TypedResults.Json([], ReplicateWire.Json.ReplicateHardwareArray);

    private IEnumerable<(string Name, Model Model)> Available(HttpContext http)
    {
        var account = http.Caller().Account;
        return models.All.Where(entry => limits.CheckModel(account, entry.Model) is null);
    }

    /// <summary>The models with all words of the query in their name, title, kind, purpose or tier.</summary>
    private IEnumerable<(string Name, Model Model)> Find(HttpContext http, string query)
    {
        var words = query.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return Available(http).Where(entry =>
        {
            var (name, model) = entry;
            var text = $"{name} {model.Family.Title} {model.Kind.Name} {model.Kind.Purpose} {model.Tier.Name}";
            return words.All(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
        });
    }

    private ReplicateModel Describe(HttpContext http, (string Name, Model Model) entry) =>
        models.Describe(entry.Name, models.Find(entry.Name)!, origin.Of(http.Request));

    private static ReplicateCollection Describe(ModelKind kind)
    {
        var words = kind.Name.Replace('-', ' ');
        return new ReplicateCollection($"{char.ToUpperInvariant(words[0])}{words[1..]}", kind.Name, kind.Purpose);
    }
}
