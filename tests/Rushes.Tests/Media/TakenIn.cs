using Rushes.Catalog;
using Rushes.Media;
using Xunit;

namespace Rushes.Tests.Media;

/// <summary>Converts files to their plain form, as intake does.</summary>
internal static class TakenIn
{
    /// <summary>The file becomes its plain form.</summary>
    public static async Task<Inspection> InspectAsync(string path, MediaKind kind)
    {
        var inspector = new Inspector(new InspectionSlots(), new MediaLimits());
        var plain = path + ".plain";
        var outcome = await inspector.InspectAsync(
            1, path, plain, [kind], inspector.NewTime(), TestContext.Current.CancellationToken);
        Assert.Equal(outcome is Inspection.Accepted { IsRewritten: true }, outcome is Inspection.Accepted && File.Exists(plain));
        if (outcome is Inspection.Accepted { IsRewritten: true }) File.Move(plain, path, overwrite: true);
        return outcome;
    }

    public static async Task<MediaFacts> FactsAsync(string path, MediaKind kind)
    {
        var outcome = await InspectAsync(path, kind);
        Assert.True(outcome is Inspection.Accepted, $"{path}: {outcome}");
        return ((Inspection.Accepted)outcome).Facts;
    }
}
