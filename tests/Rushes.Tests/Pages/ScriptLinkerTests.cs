using System.Diagnostics;
using Rushes.Server.Console;
using Xunit;

namespace Rushes.Tests.Pages;

/// <summary>Links scripts into one and runs it with node.</summary>
public sealed class ScriptLinkerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("import { a } from './other.js';\nconsole.log(a);", "export const a = 1;", "1")]
    [InlineData("import { a as b, twice } from './other.js';\nconst a = 3;\nconsole.log(twice(a) + b);",
        "const b = 5;\nexport const a = b;\nexport function twice(n) {\n  return 2 * n;\n}", "11")]
    [InlineData("import whole from \"./other.js\";console.log(whole(2));", "var n=1;export default function(t){return t+n}", "3")]
    [InlineData("import{x as n}from\"./other.js\";console.log(n);", "var t=7;export{t as x};", "7")]
    [InlineData("import { a } from './parts/part.js';\nimport { Kind } from './other.js';\nconsole.log(new Kind().a + a);",
        "export class Kind {\n  a = 2;\n}", "6")]
    [InlineData("import { later } from './other.js';\nlater().then(console.log);",
        "export async function later() {\n  return `import { x } from 'y';`;\n}", "import { x } from 'y';")]
    public async Task What_is_exported_is_found(string entry, string other, string said)
    {
        var (text, parts) = Link(
            new() { ["app.js"] = entry, ["other.js"] = other, ["parts/part.js"] = "export { a } from './deeper.js';",
                ["parts/deeper.js"] = "import { twice } from '../most.js';\nexport const a = twice(2);",
                ["most.js"] = "export const twice = n => 2 * n;" });
        Assert.Contains("other.js", parts);
        Assert.Equal(said, await RunAsync(text));
    }

    [Fact]
    public async Task A_module_that_is_imported_later_shares_what_is_loaded()
    {
        var files = new Dictionary<string, string>
        {
            ["app.js"] = "import { next } from './shared.js';\nnext();\n"
                + "import('./later.js').then(({ twice }) => console.log(twice()));",
            ["later.js"] = "import { next } from './shared.js';\nimport { two } from './own.js';\n"
                + "export const twice = () => two * next();",
            ["own.js"] = "export const two = 2;",
            ["shared.js"] = "let count = 0;\nexport const next = () => ++count;",
        };
        var (bundles, parts) = ScriptLinker.LinkAll("app.js", name => files[name]);
        Assert.Equal(["app.js", "later.js"], bundles.Keys.Order());
        Assert.Equal(files.Keys.Order(), parts.Order());
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["package.json"], """{"type":"module"}""", Cancel);
        foreach (var (name, text) in bundles) await File.WriteAllTextAsync(folder[name], text, Cancel);
        var ran = await Tool.RunAsync("node", ["app.js"], Cancel, folder.Path);
        Assert.True(ran.Ok, ran.Errors);
        Assert.Equal("4", ran.Output.Trim());
    }

    [Fact]
    public async Task Each_runs_once_and_keeps_its_names_to_itself()
    {
        var (text, _) = Link(new()
        {
            ["app.js"] = "import { a } from './one.js';\nimport { b } from './two.js';\nconsole.log(a, b);",
            ["one.js"] = "import { next } from './shared.js';\nvar n = 10;\nexport const a = next();",
            ["two.js"] = "import { next } from './shared.js';\nvar n;\nexport const b = [n, next()];",
            ["shared.js"] = "let count = 0;\nexport const next = () => ++count;",
        });
        Assert.Equal("1 [ undefined, 2 ]", await RunAsync(text));
    }

    [Fact]
    public void A_circle_is_told()
    {
        var error = Assert.Throws<InvalidOperationException>(
            () => Link(new() { ["app.js"] = "import { a } from './one.js';", ["one.js"] = "import { b } from './app.js';" }));
        Assert.StartsWith("app.js imports itself", error.Message, StringComparison.Ordinal);
    }

    private static (string Text, IReadOnlySet<string> Parts) Link(Dictionary<string, string> scripts) =>
        ScriptLinker.Link("app.js", path => scripts[path]);

    private static async Task<string> RunAsync(string script)
    {
        using var node = Process.Start(
            new ProcessStartInfo("node", ["--input-type=module"])
                { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await node.StandardInput.WriteAsync(script);
        node.StandardInput.Close();
        var errors = node.StandardError.ReadToEndAsync(Cancel);
        var said = await node.StandardOutput.ReadToEndAsync(Cancel);
        Assert.Equal("", await errors);
        return said.Trim();
    }
}
