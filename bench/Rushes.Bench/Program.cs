using System.Globalization;
using Rushes.Bench;

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

switch (args)
{
    case ["bare", .. var file]:
        await BareServer.RunAsync(file.FirstOrDefault());
        return 0;
    case ["comfy-server", var milliseconds, .. var video]:
        await ComfyServer.RunAsync(Number(milliseconds), video.FirstOrDefault());
        return 0;
    case ["claims-round"]:
        await ClaimBench.MeasureAsync();
        return 0;
    case ["noops-round", var where, var jobs]:
        await NoopBench.MeasureAsync(where, Number(jobs));
        return 0;
    case ["scale-round", var folder, var queued, var accounts, var lanes, var workers]:
        await ScaleBench.MeasureAsync(
            folder, new ScaleBench.Size(Number(queued), Number(accounts), Number(lanes), Number(workers)));
        return 0;
    case ["fill", var data, var jobs]:
        await Jobs.FillAsync(data, Number(jobs));
        return 0;
}

if (Suite.Read(args) is not { } suite)
{
    await Console.Error.WriteLineAsync(Suite.Usage);
    return 2;
}
return await suite.RunAsync();
