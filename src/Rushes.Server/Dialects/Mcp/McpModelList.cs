using System.Text.Json;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Reference;

namespace Rushes.Server.Dialects.Mcp;

/// <summary>The models that are available to an account.</summary>
internal sealed class McpModelList(ModelCatalog catalog, PlanLimits limits, AccountDirectory accounts, Capacity capacity)
{
    public McpModels Of(int account)
    {
        var currency = accounts.PlanOf(account).Currency;
        return new McpModels(
        [
            .. catalog.Models.Where(model => limits.CheckModel(account, model) is null).Select(model => Of(model, currency) with
            {
                Unavailable = capacity.Lacks(model.Id) ? true : null,
            }),
        ]);
    }

    private static McpModel Of(Model model, string currency) => new()
    {
        Id = model.Id,
        Title = model.Family.Title,
        Tool = McpTools.NameOf(model.Kind),
        Tier = model.Tier.Name,
        Sizes = [.. model.Family.Sizes.Select(size => size.ToString())],
        MaxSeconds = model.Family.MaxSeconds.ToDictionary(most => $"{most.Key}", most => most.Value),
        Price = model.Family.Price.ToDictionary(price => $"{price.Key}", price => Money.Units(price.Value)),
        Currency = currency,
        Fields = JsonSerializer.SerializeToElement(FieldSchema.Of(model.Family.Parameters)),
    };
}
