using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rushes.Programs;
using Rushes.Tests.Client;
using Rushes.Tests.Rules;
using Rushes.Webhooks;
using Xunit;

namespace Rushes.Tests.Webhooks;

/// <summary>The functions in docs/api/receivers.md, run on webhooks as the gateway signs them.</summary>
public sealed partial class ReceiverSnippetTests : IDisposable
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"request_id": "12", "prompt": "ein Boot, é"}""");

    private readonly TempFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Secret => "whsec_" + Convert.ToBase64String(Key);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Python()
    {
        await WriteAsync("webhook.py", Block("python") + """


            import json, sys
            for case in json.load(open("cases.json")):
                print(str(verify(sys.argv[1], case["headers"], base64.b64decode(case["body"]))).lower())
            """);
        await AssertAsync("python3", "webhook.py", Secret);
    }

    [Fact]
    public async Task Node()
    {
        await WriteAsync("webhook.mjs", Block("js") + """

            import { readFileSync } from 'node:fs';
            for (const one of JSON.parse(readFileSync('cases.json', 'utf8')))
              console.log(verify(process.argv[2], one.headers, Buffer.from(one.body, 'base64')));
            """);
        await AssertAsync("node", "webhook.mjs", Secret);
    }

    [Fact]
    public async Task DotNet()
    {
        await WriteAsync("webhook.cs", Block("csharp") + """

            foreach (var one in System.Text.Json.JsonDocument.Parse(File.ReadAllText("cases.json")).RootElement.EnumerateArray())
            {
                var headers = one.GetProperty("headers").EnumerateObject()
                    .ToDictionary(each => each.Name, each => each.Value.GetString()!);
                Console.WriteLine(Verify(args[0], headers, one.GetProperty("body").GetBytesFromBase64()) ? "true" : "false");
            }
            """);
        await AssertAsync("dotnet", await CSharp.CompileAsync(folder, "exe", [folder["webhook.cs"]]), Secret);
    }

    [Fact]
    public async Task Go()
    {
        if (ChildProcess.Find("go") is null) Assert.Skip("Go is not installed.");
        await WriteAsync("go.mod", "module example.com/webhook\n\ngo 1.19\n");
        await WriteAsync("webhook/webhook.go", Block("go"));
        await WriteAsync("main.go", """
            package main

            import (
            	"encoding/json"
            	"fmt"
            	"net/http"
            	"os"

            	"example.com/webhook/webhook"
            )

            func main() {
            	var cases []struct {
            		Headers map[string]string
            		Body    []byte
            	}
            	text, _ := os.ReadFile("cases.json")
            	if err := json.Unmarshal(text, &cases); err != nil {
            		panic(err)
            	}
            	for _, each := range cases {
            		headers := http.Header{}
            		for name, value := range each.Headers {
            			headers.Set(name, value)
            		}
            		fmt.Println(webhook.Verify(os.Args[1], headers, each.Body))
            	}
            }
            """);
        await AssertAsync("env", $"HOME={folder.Path}", "GOFLAGS=-mod=mod", "go", "run", ".", Secret);
    }

    /// <summary>A genuine webhook is accepted, also beside another signature; one that was changed, or is old, is not.</summary>
    private async Task AssertAsync(string program, params string[] arguments)
    {
        var now = TimeProvider.System.GetUtcNow();
        var good = StandardSignature.Headers(Key, "msg_1", now, Body);
        var old = StandardSignature.Headers(Key, "msg_1", now.AddMinutes(-10), Body);
        Dictionary<string, string> two = new(good) { ["webhook-signature"] = "v1,AAAA " + good["webhook-signature"] };
        Dictionary<string, string> other = new(good) { ["webhook-id"] = "msg_2" };
        (Dictionary<string, string> Headers, byte[] Body)[] cases =
            [(good, Body), (two, Body), (good, [.. Body, (byte)' ']), (other, Body), (old, Body), ([], Body)];
        var json = JsonSerializer.Serialize(cases.Select(one => new { headers = one.Headers, body = one.Body }));
        await WriteAsync("cases.json", json);

        var exit = await Tool.RunAsync(program, arguments, Cancel, folder.Path);
        Assert.True(exit.Ok, exit.Errors);
        Assert.Equal("true true false false false false", exit.Output.Trim().ReplaceLineEndings(" "));
    }

    private static string Block(string language)
    {
        var page = File.ReadAllText(Path.Combine(RoomTests.Root(), "docs", "api", "receivers.md"));
        return Blocks().Matches(page).Single(block => block.Groups[1].Value == language).Groups[2].Value;
    }

    private async Task WriteAsync(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        await File.WriteAllTextAsync(folder[name], text, Cancel);
    }

    [GeneratedRegex("^```(\\w+)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
