using System.Text.RegularExpressions;
using Xunit;

namespace Rushes.Tests.Rules;

/// <summary>Holds ARCHITECTURE.md's table: which room may know which.</summary>
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

    public static TheoryData<string> Rooms() => [.. Directory.GetDirectories(Path.Combine(Source, "Rushes")).Select(path => Path.GetFileName(path)!).Where(IsRoom).Order()];

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
                Assert.True(other == "Engines" || MayImport["Engines"].Contains(other), $"{file} knows {other}, which an engine may not");
    }

    [Fact]
    public void The_library_and_the_draft_engine_do_not_see_the_web()
    {
        foreach (var (file, code) in Code("Rushes").Concat(Code("Rushes.Draft")))
            Assert.False(code.Contains("AspNetCore", StringComparison.Ordinal), $"{file} sees ASP.NET");
    }

    [Fact]
    public void No_dialect_knows_another()
    {
        var dialects = Directory.GetDirectories(Path.Combine(Source, "Rushes.Server", "Dialects")).Select(Path.GetFileName).ToArray();
        foreach (var dialect in dialects)
            foreach (var (file, code) in Code(Path.Combine("Rushes.Server", "Dialects", dialect!)))
                foreach (var other in dialects.Where(other => other != dialect))
                    Assert.False(Regex.IsMatch(code, $@"\bDialects\.{other}\b|\b{other}(Endpoints|Map|Wire|Errors)\b"), $"{file} knows the {other} dialect");
    }

    [Fact]
    public void Only_the_composition_names_a_backend()
    {
        foreach (var (file, code) in Code("Rushes.Server").Where(found => Path.GetFileName(found.File) is not ("WorkServices.cs" or "EngineChoice.cs" or "DatabaseChoice.cs" or "StorageChoice.cs")))
            Assert.False(Regex.IsMatch(code, @"\b(SqliteDatabase|PostgresDatabase|S3FileStore|DraftEngine|ComfyEngine|ProcessEngine|SdServerEngine)\b"), $"{file} names a backend");
    }

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
