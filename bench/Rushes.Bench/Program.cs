using Rushes.Bench;

if (args is ["bare"])
{
    await BareServer.RunAsync();
    return 0;
}

if (args is ["comfy-server", var milliseconds, .. var video])
{
    await ComfyServer.RunAsync(
        int.Parse(milliseconds, System.Globalization.CultureInfo.InvariantCulture), video.FirstOrDefault());
    return 0;
}

if (args is ["claims-round"])
{
    await ClaimBench.MeasureAsync();
    return 0;
}

if (args is ["fill", var data, var jobs])
{
    await Jobs.FillAsync(data, int.Parse(jobs, System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}

string? against = null;
if (Array.IndexOf(args, "--against") is >= 0 and var at && at + 1 < args.Length)
{
    against = Path.GetFullPath(args[at + 1]);
    args = [.. args[..at], .. args[(at + 2)..]];
}

string[] known = ["create", "claims", "dialects", "status", "draft", "pictures", "comfy", "comfy-job", "view"];
var parts = args.Where(arg => arg != "--quick").ToArray();
if (parts.Except(known).Any())
{
    await Console.Error.WriteLineAsync($"usage: bench/run [--quick] [--against FOLDER] [{string.Join(" | ", known)}] ...");
    return 2;
}

var plan = args.Contains("--quick")
    ? new Plan { Rounds = 2, Seconds = 2, WarmUp = 4, Backlogs = [1_000, 100_000] }
    : new Plan();
try
{
    using var disk = new Folders();
    var table = new List<Row>();
    foreach (var part in parts.Length > 0 ? parts : known)
        table.AddRange(part switch
        {
            "create" => await CreateBench.RunAsync(plan, disk),
            "claims" => await ClaimBench.RunAsync(plan, disk, against),
            "dialects" => await DialectBench.RunAsync(plan, disk),
            "status" => await StatusBench.RunAsync(plan, disk),
            "draft" => await DraftBench.RunAsync(plan, disk),
            "comfy" => await ComfyBench.RunAsync(disk),
            "comfy-job" => [await ComfyJobBench.RunAsync(disk)],
            "view" => await ViewBench.RunAsync(plan, disk),
            _ => await PictureBench.RunAsync(plan, disk),
        });
    Console.WriteLine(Report.Of(table, plan));
    return 0;
}
catch (Exception error)
{
    // Caught, so that everything on the way here stops its servers and removes its files.
    await Console.Error.WriteLineAsync($"{error}");
    return 1;
}
