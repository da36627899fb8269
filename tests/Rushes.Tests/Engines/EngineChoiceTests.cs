using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Server;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Engines;

public sealed class EngineChoiceTests
{
    [Theory]
    [InlineData("comic", "\"comic\" is none of draft")]
    [InlineData("process=", "what comes after '=' is missing")]
    [InlineData("comfyui=", "what comes after '=' is missing")]
    [InlineData("comfyui=127.0.0.1:8188", "is not an address")]
    [InlineData("comfyui=http://127.0.0.1:1,http://127.0.0.1:2", "2 engines need as many workers, not 1")]
    [InlineData("comfyui=http://127.0.0.1:1", "at most two workers for each: 2 for this engine, not 3", 3)]
    [InlineData(";", "none is named")]
    [InlineData("process=/nowhere/engine.json", "/nowhere/engine.json: cannot be read")]
    [InlineData("draft=fast", "draft takes no value, not \"fast\"")]
    [InlineData("sd-server=a,b", "name each as an engine of its own: sd-server=a;sd-server=b")]
    [InlineData("process=hunyuan-foley", "it is switched off")]
    public void An_engine_that_cannot_be_used_stops_the_start(string setting, string reason, int workers = 1)
    {
        using var folder = new TempFolder();

        var error = Assert.Throws<SettingsException>(
            () => EngineChoice.Make(
                new GatewayOptions { Engine = setting, Workers = workers }, CatalogReader.Read(), folder.Path,
                TimeProvider.System, NullLoggerFactory.Instance));

        Assert.StartsWith("Engine: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("process=wan22")]
    [InlineData("sd-server=sd-server-5b")]
    public async Task Programs_that_are_not_installed_do_not_stop_the_start(string setting)
    {
        using var folder = new TempFolder();
        var engine = Assert.Single(EngineChoice.Make(
            new GatewayOptions { Engine = setting, Workers = 1 }, CatalogReader.Read(), folder.Path, TimeProvider.System,
            NullLoggerFactory.Instance));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        var part = engine.Parts[0];
        var ready = part.WaitUntilReadyAsync(stop.Token);
        while (part.Changed is var changed && part.State is not HealthState.Sick)
            await changed.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Contains("is missing: there is no file /opt/", part.State.Problem, StringComparison.Ordinal);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ready);
        if (engine is IAsyncDisposable resident) await resident.DisposeAsync();
    }

    [Fact]
    public async Task Each_ComfyUI_server_after_a_comma_is_an_engine_of_its_own()
    {
        using var folder = new TempFolder();
        var engines = EngineChoice.Make(
            new GatewayOptions { Engine = "comfyui=http://127.0.0.1:1, http://127.0.0.1:2; draft", Workers = 3 },
            CatalogReader.Read(), folder.Path, TimeProvider.System, NullLoggerFactory.Instance);
        Assert.Equal(["comfyui", "comfyui", "draft"], engines.Select(engine => engine.Name));
        foreach (var engine in engines.OfType<IAsyncDisposable>()) await engine.DisposeAsync();
    }
}
