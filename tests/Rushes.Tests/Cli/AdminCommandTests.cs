using System.Text.Json;
using Rushes.Tests.Admin;
using Xunit;

namespace Rushes.Tests.Cli;

/// <summary>The commands for accounts, keys, credit and audit, as an operator runs them beside a gateway.</summary>
public sealed class AdminCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_account_with_a_key_and_credit_is_made_and_looked_at()
    {
        using var data = new TempFolder();
        await PaidCatalog.WriteAsync(data, Cancel);
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path);

        Assert.Contains(
            "client", await RunAsync(gateway, "accounts", "create", "client", "--plan", "paid"), StringComparison.Ordinal);
        var made = JsonDocument.Parse(
            await RunAsync(gateway, "keys", "create", "client", "--name", "app", "--network", "127.0.0.0/8",
                "--json")).RootElement;
        using var client = AdminApi.With(gateway.Origin, made.GetProperty("key").GetString());
        Assert.Equal(
            System.Net.HttpStatusCode.NotFound,
            (await client.GetAsync("/queue/wan22-fast-t2v/requests/1/status", Cancel)).StatusCode);

        Assert.Contains(
            "12.5", await RunAsync(gateway, "credit", "add", "client", "12.5", "--note", "a gift"), StringComparison.Ordinal);
        Assert.Contains("10.5", await RunAsync(gateway, "credit", "add", "client", "--", "-2"), StringComparison.Ordinal);
        Assert.Contains("EUR", await RunAsync(gateway, "credit", "show", "client"), StringComparison.Ordinal);
        Assert.Contains(
            ",grant,credit,12.50,EUR,,a gift", await RunAsync(gateway, "credit", "statement", "client", "--csv"),
            StringComparison.Ordinal);
        Assert.Contains("withdrawal", await RunAsync(gateway, "credit", "statement", "client"), StringComparison.Ordinal);
        // An hour ago, as a clock far in the east shows it.
        var past = TimeProvider.System.GetUtcNow().AddHours(-1).ToOffset(TimeSpan.FromHours(13));
        Assert.DoesNotContain(
            "grant", await RunAsync(gateway, "credit", "statement", "client", "--until", $"{past:yyyy-MM-ddTHH:mm:sszzz}"),
            StringComparison.Ordinal);

        var id = made.GetProperty("id").ToString();
        Assert.Contains("rk_", await RunAsync(gateway, "keys", "rotate", id), StringComparison.Ordinal);
        Assert.Contains("127.0.0.0/8", await RunAsync(gateway, "keys", "list", "--account", "client"), StringComparison.Ordinal);
        await RunAsync(gateway, "keys", "revoke", id);
        Assert.Contains(
            "yes", await RunAsync(gateway, "accounts", "set", "client", "--suspended", "true"), StringComparison.Ordinal);
        Assert.Contains("first", await RunAsync(gateway, "accounts", "list"), StringComparison.Ordinal);
        const string hook = "https://1.1.1.1/videos";
        await RunAsync(gateway, "accounts", "set", "client", "--webhook-url", hook);
        var shown = await RunAsync(gateway, "accounts", "show", "client");
        Assert.Contains("paid", shown, StringComparison.Ordinal);
        Assert.Contains(hook, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(
            hook, await RunAsync(gateway, "accounts", "set", "client", "--webhook-url", ""), StringComparison.Ordinal);
        Assert.Contains("reason", await RunAsync(gateway, "reports", "list"), StringComparison.Ordinal);
        Assert.Contains(
            "\"items\": []", await RunAsync(gateway, "reports", "list", "--closed", "--json"), StringComparison.Ordinal);
        Assert.Contains("\"action\":\"key rotated\"", await RunAsync(gateway, "audit", "export"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejection_is_a_sentence_and_an_exit_code()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        Assert.Equal(
            (1, "There is no account \"nobody\"."),
            await FailAsync(TestGateway.Key, "accounts", "show", "nobody", "--url", gateway.Origin));
        Assert.Equal(
            (1, "The API key is missing or invalid; send it as \"Authorization: Bearer KEY\"."),
            await FailAsync("not-the-key-at-all", "keys", "list", "--url", gateway.Origin));
        Assert.Equal(
            (1, "webhook_url is \"http://10.0.0.1/\". The URL's host is an address that may not be reached."),
            await FailAsync(
                TestGateway.Key, "accounts", "set", "first", "--webhook-url", "http://10.0.0.1/", "--url", gateway.Origin));
        var (code, said) = await FailAsync(TestGateway.Key, "keys", "list", "--url", "http://127.0.0.1:1");
        Assert.Equal(3, code);
        Assert.StartsWith("The gateway at http://127.0.0.1:1/ cannot be reached", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_that_lies_with_the_data_is_found()
    {
        using var data = new TempFolder();
        await using var gateway = GatewayProcess.Launch(
            ["serve", "--urls", "http://127.0.0.1:0", "--data", data.Path, "--workers", "0"], key: null);
        var url = (await gateway.WaitForAsync("is ready on", Cancel))!.Split(" on ")[1];
        await using var list = GatewayProcess.Launch(["accounts", "list", "--url", url, "--data", data.Path], key: null);
        Assert.Equal(0, await list.ExitAsync(Cancel));
        Assert.Contains(list.Output, line => line.Contains("first", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_last_admin_account_is_not_suspended_and_a_suspended_one_is_enabled_without_a_key()
    {
        using var data = new TempFolder();
        await using (var gateway = await TestGateway.StartAsync(0, Cancel, data.Path))
        {
            var rejected = await FailAsync(
                TestGateway.Key, "accounts", "set", "first", "--suspended", "true", "--url", gateway.Origin);
            Assert.Equal(1, rejected.Code);
            Assert.StartsWith(
                "Account \"first\" has the only valid keys with the scope admin", rejected.Said, StringComparison.Ordinal);

            await RunAsync(gateway, "accounts", "create", "acme");
            await RunAsync(gateway, "accounts", "set", "acme", "--suspended", "true");
            var running = await FailAsync(TestGateway.Key, "accounts", "unsuspend", "acme", "--data", data.Path);
            Assert.NotEqual(0, running.Code);
            Assert.DoesNotContain("   at ", running.Said, StringComparison.Ordinal);
        }

        Assert.Equal(
            (0, "Account acme is not suspended any more."),
            await FailAsync(TestGateway.Key, "accounts", "unsuspend", "acme", "--data", data.Path));
        Assert.Equal(
            "There is no account \"nobody\".",
            (await FailAsync(TestGateway.Key, "accounts", "unsuspend", "nobody", "--data", data.Path)).Said);
        await using var again = await TestGateway.StartAsync(0, Cancel, data.Path);
        Assert.Contains("no", await RunAsync(again, "accounts", "show", "acme"), StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(TestGateway gateway, params string[] arguments)
    {
        // The options come first: what follows "--" are values.
        await using var program = GatewayProcess.Launch(
            [arguments[0], arguments[1], "--url", gateway.Origin, .. arguments[2..]], TestGateway.Key);
        var code = await program.ExitAsync(Cancel);
        var said = string.Join('\n', program.Output);
        Assert.True(code == 0, said);
        return said;
    }

    private static async Task<(int Code, string Said)> FailAsync(string key, params string[] arguments)
    {
        await using var program = GatewayProcess.Launch(arguments, key);
        return (await program.ExitAsync(Cancel), string.Join('\n', program.Output));
    }
}
