using System.Collections;
using Rushes.Programs;

namespace Rushes.Tests;

/// <summary>Runs programs that tests need, in the tests' own environment.</summary>
internal static class Tool
{
    public static Task<Exit> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken cancel, string? folder = null)
    {
        var inherited = Environment.GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(each => (string)each.Key, each => (string)each.Value!);
        return ChildProcess.RunAsync(
            new Command(program, arguments) { Folder = folder, Environment = new ChildEnvironment { Variables = inherited } },
            null, cancel);
    }
}
