using System.Text.Json;
using Rushes.Catalog;
using Rushes.Intake;
using Xunit;

namespace Rushes.Tests.Intake;

/// <summary>Engines read fields by their canonical names, so these are checked even if the dialect does not list them.</summary>
public sealed class UnlistedFieldTests
{
    private readonly ModelCatalog catalog = CatalogReader.Read();

    [Fact]
    public void Every_field_of_the_model_is_checked_in_every_dialect()
    {
        foreach (var listing in catalog.Listings)
            foreach (var parameter in listing.Model.Family.Parameters)
            {
                if (listing.Parameters.Any(listed => listed.Name == parameter.Name)) continue;
                var problem = Check(listing, parameter.Name, BadValue(parameter));
                Assert.True(problem?.Field == parameter.Name, $"{listing.Dialect} {listing.Id}: {parameter.Name}");
            }
    }

    [Fact]
    public void A_text_that_is_too_long_is_rejected_by_its_length()
    {
        var kie = catalog.Find("kie", "wan/2-2-a14b-text-to-video-turbo")!;

        var problem = Check(kie, "negative_prompt", new string('x', 200_000));

        Assert.Contains("has 200000 characters; at most 5000 are allowed", problem!.Message, StringComparison.Ordinal);
        Assert.Null(Check(kie, "negative_prompt", "birds"));
        Assert.Null(Check(kie, "unknown", new string('x', 200_000)));
    }

    private static object BadValue(Parameter parameter) => parameter.Type switch
    {
        ParameterType.String or ParameterType.Media => 5,
        _ => "not one",
    };

    /// <summary>The problem with a request whose other fields are valid.</summary>
    private static Problem? Check(Listing listing, string field, object value)
    {
        var fields = listing.Parameters.Where(parameter => parameter.Required)
            .ToDictionary(parameter => parameter.Name, object (_) => "a");
        fields[field] = value;
        return new RequestFields(
            JsonSerializer.SerializeToElement(fields), listing.Parameters, listing.Model.Family.Parameters).Check(listing.Id);
    }
}
