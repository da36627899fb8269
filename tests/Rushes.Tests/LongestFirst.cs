using Rushes.Tests.Browser;
using Rushes.Tests.Conformance;
using Rushes.Tests.Faults;
using Rushes.Tests.Faults.Run;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Rushes.Tests.LongestFirst))]

namespace Rushes.Tests;

/// <summary>
/// Starts the classes that take longest before all others, in this order, so that a run does not end with one of them alone.
/// <c>./test --times</c> shows which they are.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        ConsoleBrowser.Collection, NameOf<DatabaseAwayTests>(), NameOf<SimulationTests>(), NameOf<Docs.CommandTests>(),
        NameOf<KillTests>(), NameOf<FaultRunTests>(), NameOf<RemoteWorkerTests>(), NameOf<Cli.GenerateCommandTests>(),
        NameOf<Draft.DraftEngineTests>(), NameOf<Postgres.OutageTests>(), NameOf<PostgresDatabaseTests>(),
    ];

    public IReadOnlyCollection<TCollection> OrderTestCollections<TCollection>(IReadOnlyCollection<TCollection> testCollections)
        where TCollection : ITestCollection =>
        [.. DefaultTestCollectionOrderer.Instance.OrderTestCollections(testCollections).OrderBy(PlaceOf)];

    /// <summary>The class of a test that names no collection is named in the collection's own name.</summary>
    private static int PlaceOf<TCollection>(TCollection collection)
        where TCollection : ITestCollection
    {
        var place = Array.FindIndex(
            Longest, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal));
        return place < 0 ? Longest.Length : place;
    }

    private static string NameOf<T>() => typeof(T).FullName!;
}
