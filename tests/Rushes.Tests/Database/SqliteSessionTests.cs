using Rushes.Database.Sqlite;
using Xunit;

namespace Rushes.Tests.Database;

public sealed class SqliteSessionTests
{
    [Fact]
    public void A_text_that_is_put_together_at_run_time_is_prepared_once()
    {
        using var folder = new TempFolder();
        using var session = SqliteSession.OpenWriter(folder["session.db"]);
        foreach (var order in new[] { "ASC", "DESC" })
        {
            var first = Prepare(order);
            Assert.Same(first, Prepare(order));
            Assert.NotSame(first, Prepare("ASC LIMIT 1"));
        }

        Statement Prepare(string order)
        {
            using var statement = session.Prepare($"SELECT 1 ORDER BY 1 {order}");
            return statement;
        }
    }

    [Fact]
    public void A_constant_is_prepared_once()
    {
        using var folder = new TempFolder();
        using var session = SqliteSession.OpenWriter(folder["session.db"]);
        using var first = session.Prepare("SELECT 1");
        Assert.Same(first, session.Prepare("SELECT 1"));
    }
}
