using Rushes.Database.Shared;
using Xunit;

namespace Rushes.Tests.Rules;

public sealed class MigrationTests
{
    /// <summary>A second migration with the number of another one would never be applied.</summary>
    [Theory]
    [InlineData("Database.Sqlite.Migrations.")]
    [InlineData("Database.Postgres.Migrations.")]
    public void Migrations_are_numbered_from_1_on_without_gaps_and_each_number_once(string folder)
    {
        var numbers = Migration.ReadAll(folder).Select(migration => migration.Number).ToArray();
        Assert.Equal(Enumerable.Range(1, numbers.Length), numbers);
    }
}
