using System.Text.RegularExpressions;
using Xunit;

namespace Rushes.Tests.Rules;

/// <summary>Checks the tables in ARCHITECTURE.md: which folder may use which.</summary>
public sealed partial class RoomTests
{
    private static readonly string Source = Path.Combine(Root(), "src");

    private static readonly Dictionary<string, string[]> MayImport = new()
    {
        ["Catalog"] = [],
        ["Files"] = [],
        ["Outbound"] = [],
        ["Programs"] = [],
        ["Safety"] = ["Catalog"],
        ["Jobs"] = ["Catalog"],
        ["Media"] = ["Catalog", "Jobs", "Programs"],
        ["Accounts"] = ["Catalog", "Jobs"],
        ["Database"] = ["Jobs", "Accounts"],
        ["Retention"] = ["Database", "Files"],
        ["Webhooks"] = ["Jobs", "Database"],
        ["Intake"] = ["Catalog", "Files", "Outbound", "Jobs", "Media", "Safety", "Accounts", "Database"],
        ["Engines"] = ["Catalog", "Jobs", "Media", "Programs"],
        ["Work"] = ["Catalog", "Jobs", "Database", "Files", "Media", "Engines"],
    };

    public static TheoryData<string> Rooms() => [.. Directory.GetDirectories(Path.Combine(Source, "Rushes"))
        .Select(path => Path.GetFileName(path)!).Where(IsRoom).Order()];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_knows_only_the_rooms_it_may(string room)
    {
        Assert.True(MayImport.ContainsKey(room), $"{room} is not in the table: add it to ARCHITECTURE.md and here");
        foreach (var (file, code) in Code(Path.Combine("Rushes", room)))
            foreach (var other in RoomsIn(code).Where(other => other != room))
                Assert.True(MayImport[room].Contains(other), $"{file} knows {other}, which {room} may not");
    }

    [Fact]
    public void The_draft_engine_knows_what_an_engine_may()
    {
        foreach (var (file, code) in Code("Rushes.Draft"))
            foreach (var other in RoomsIn(code))
                Assert.True(
                    other == "Engines" || MayImport["Engines"].Contains(other), $"{file} knows {other}, which an engine may not");
    }

    [Fact]
    public void The_library_and_the_draft_engine_do_not_see_the_web()
    {
        foreach (var (file, code) in Code("Rushes").Concat(Code("Rushes.Draft")))
            Assert.False(code.Contains("AspNetCore", StringComparison.Ordinal), $"{file} sees ASP.NET");
    }

    [Fact]
    public void A_folder_of_the_server_uses_only_what_the_table_allows()
    {
        var table = ServerTable();
        var folders = Directory.GetDirectories(Path.Combine(Source, "Rushes.Server"))
            .Select(path => Path.GetFileName(path)!)
            .Where(IsRoom)
            .Order();
        Assert.Equal(folders, table.Keys.Order());

        var names = new Regex($@"(?<![\w.""])(?:Rushes\.Server\.)?({string.Join('|', table.Keys)})(?=\.[A-Z]|;)");
        foreach (var (folder, uses) in table.Where(row => row.Value != "all"))
            foreach (var (file, code) in Code(Path.Combine("Rushes.Server", folder)))
                foreach (var other in names.Matches(code).Select(match => match.Groups[1].Value)
                    .Where(other => other != folder).Distinct())
                    Assert.True(
                        uses.Split(", ").Contains(other),
                        $"{file} uses {other}, which the table in ARCHITECTURE.md does not allow {folder}");
    }

    /// <summary>Dialects, the console and operators create jobs with JobIntake and do everything else with JobDesk.</summary>
    [Theory]
    [InlineData("Dialects")]
    [InlineData("JobResponses")]
    [InlineData("Callbacks")]
    [InlineData("Console")]
    [InlineData("Admin")]
    public void Jobs_are_not_read_or_changed_past_the_desk(string folder)
    {
        foreach (var (file, code) in Code(Path.Combine("Rushes.Server", folder)))
            Assert.False(
                Regex.IsMatch(code, @"\b(IDatabase|IJobStore|IJobLists|ILeaseStore|IDraftStore|IDeliveryStore)\b"),
                $"{file} uses the database for jobs; use JobIntake and JobDesk");
    }

    [Fact]
    public void No_dialect_knows_another()
    {
        var dialects = Directory.GetDirectories(Path.Combine(Source, "Rushes.Server", "Dialects"))
            .Select(Path.GetFileName)
            .ToArray();
        foreach (var dialect in dialects)
            foreach (var (file, code) in Code(Path.Combine("Rushes.Server", "Dialects", dialect!)))
                foreach (var other in dialects.Where(other => other != dialect))
                    Assert.False(
                        Regex.IsMatch(code, $@"\bDialects\.{other}\b|\b{other}(Endpoints|Map|Wire|Errors)\b"),
                        $"{file} knows the {other} dialect");
    }

    [Fact]
    public void Only_the_composition_names_a_backend()
    {
        foreach (var (file, code) in Code("Rushes.Server").Where(found => Path.GetFileName(found.File)
            is not ("WorkServices.cs" or "EngineChoice.cs" or "DatabaseChoice.cs" or "StorageChoice.cs")))
            Assert.False(
                Regex.IsMatch(
                    code,
                    @"\b(SqliteDatabase|PostgresDatabase|S3FileStore|DraftEngine|ComfyEngine|ProcessEngine|SdServerEngine)\b"),
                $"{file} names a backend");
    }

    /// <summary>The table of ARCHITECTURE.md: folder of the server, folders that it may use.</summary>
    private static Dictionary<string, string> ServerTable() =>
        File.ReadLines(Path.Combine(Root(), "ARCHITECTURE.md"))
            .SkipWhile(line => line != "| folder | contains | may use |").Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[0], cells => cells[^1]);

    internal static IEnumerable<(string File, string Code)> Code(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Source, folder), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Select(path => (Path.GetRelativePath(Source, path), Comments().Replace(File.ReadAllText(path), "")));

    /// <summary>Rooms named by a using line or as the beginning of a name.</summary>
    private static IEnumerable<string> RoomsIn(string code) =>
        Qualifiers().Matches(code).Select(match => match.Groups[1].Value).Where(MayImport.ContainsKey).Distinct();

    private static bool IsRoom(string name) => name is not ("bin" or "obj");

    internal static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Rushes.slnx"))) folder = folder.Parent;
        return folder.FullName;
    }

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comments();

    [GeneratedRegex(@"(?<![\w.""])(?:Rushes\.)?([A-Z][a-z]+)(?=[.;]\S|;)")]
    private static partial Regex Qualifiers();
}
