using System.CommandLine;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Accounts;
using Rushes.Server.Settings;
using Spectre.Console;

namespace Rushes.Cli;

/// <summary>
/// <c>rushes demo</c>: starts a temporary gateway and makes two videos through its HTTP API, as a client would.
/// </summary>
internal static class DemoCommand
{
    private const string Prompt = "A paper boat drifting on a calm sea at sunset, golden light, gentle waves";

    public static Command Create()
    {
        var command = new Command(
            "demo", "Make two example videos and save them in the current folder.").WithExamples("rushes demo");
        command.SetAction((_, cancel) => RunAsync(cancel));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken cancel)
    {
        CheckCurrentFolder();
        var data = MakeFolder();
        var key = ApiKey.NewKey();
        try
        {
            await using var gateway = await ServeCommand.StartAsync(
                new Dictionary<string, string>
                {
                    ["urls"] = "http://127.0.0.1:0", ["data"] = data, ["workers"] = "1", ["api-key"] = key,
                },
                cancel, quiet: true);
            var url = gateway.App.Urls.First();
            AnsiConsole.MarkupLineInterpolated($"Started a gateway on [bold]{url}[/] with one worker and the draft engine.");

            using var http = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(10) };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            await AnsiConsole.Progress()
                .Columns(
                    new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
                    new SpinnerColumn())
                .StartAsync(async progress =>
                {
                    var text = progress.AddTask("text to video  ");
                    var sound = progress.AddTask("speech to video");
                    await MakeAsync(
                        http, "wan22-fast-t2v", new { prompt = Prompt, duration = 5, width = 832, height = 480, seed = 7 },
                        "demo-t2v.mp4", text, cancel);
                    await MakeAsync(http, "wan22-s2v-fast", new
                    {
                        prompt = "The host welcomes you to the day's first prints",
                        data_uri = Embedded("portrait"),
                        audio_uri = Embedded("voice"),
                        duration = 8,
                        min_height = 480,
                        seed = 7,
                    }, "demo-s2v.mp4", sound, cancel);
                });
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
        PrintNextSteps();
        return 0;
    }

    /// <summary>Before the videos are made, which takes longer.</summary>
    /// <exception cref="SettingsException">The videos cannot be saved in the current folder.</exception>
    private static void CheckCurrentFolder()
    {
        try
        {
            var file = Path.GetFullPath($"demo-{Guid.NewGuid():N}");
            using var _ = new FileStream(
                file, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException(
                $"The current folder, {Environment.CurrentDirectory}, cannot be written ({error.Message.TrimEnd('.')}); "
                    + "run it in another one.");
        }
    }

    /// <exception cref="SettingsException">The system's folder for temporary files cannot be used.</exception>
    private static string MakeFolder()
    {
        try
        {
            return Directory.CreateTempSubdirectory("rushes-demo-").FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException(
                $"The folder for temporary files, {Path.GetTempPath()}, cannot be written ({error.Message.TrimEnd('.')}); "
                    + "set TMPDIR to one that can.");
        }
    }

    /// <summary>Creates a job, polls its status and downloads the result.</summary>
    private static async Task MakeAsync(
        HttpClient http, string model, object input, string file, ProgressTask bar, CancellationToken cancel)
    {
        using var created = await http.PostAsJsonAsync($"/queue/{model}", input, cancel);
        var request = await ReadAsync(created, cancel);
        var statusUrl = request.GetProperty("status_url").GetString()!;

        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            using var answer = await http.GetAsync(statusUrl, cancel);
            var status = await ReadAsync(answer, cancel);
            switch (status.GetProperty("status").GetString())
            {
                case "COMPLETED":
                    bar.Value = bar.MaxValue;
                    await SaveAsync(http, request.GetProperty("response_url").GetString()!, file, cancel);
                    return;
                case "IN_PROGRESS":
                    Show(bar, status.GetProperty("statusMessages").GetProperty("detail_message").GetString()!);
                    break;
                case "FAILED" or "CANCELLED":
                    throw new InvalidOperationException($"{model}: {status}");
            }
            await pause.WaitForNextTickAsync(cancel);
        }
    }

    /// <summary>Shows <c>Progress: 4/24 Tasks done</c> as a progress bar.</summary>
    private static void Show(ProgressTask bar, string detail)
    {
        var counts = detail.Split(' ')[1].Split('/');
        (bar.MaxValue, bar.Value) = (double.Parse(counts[1]), double.Parse(counts[0]));
    }

    private static async Task SaveAsync(HttpClient http, string url, string file, CancellationToken cancel)
    {
        using var answer = await http.GetAsync(url, cancel);
        var video = await ReadAsync(answer, cancel);
        await File.WriteAllBytesAsync(file, video.GetProperty("video").GetProperty("data_uri").GetBytesFromBase64(), cancel);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, CancellationToken cancel) =>
        answer.IsSuccessStatusCode
            ? await answer.Content.ReadFromJsonAsync<JsonElement>(cancel)
            : throw new InvalidOperationException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancel)}");

    private static string Embedded(string name)
    {
        using var stream = typeof(DemoCommand).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Convert.ToBase64String(bytes);
    }

    private static void PrintNextSteps()
    {
        AnsiConsole.MarkupLineInterpolated($"[bold]{Path.GetFullPath("demo-t2v.mp4")}[/]");
        AnsiConsole.MarkupLineInterpolated($"[bold]{Path.GetFullPath("demo-s2v.mp4")}[/]");
        Console.WriteLine($"""

            Next, start your own gateway and make a video in the console:

              {Program} serve
              http://127.0.0.1:8080/console

            "{Program} serve" prints a link that signs in. To make a video from the command line, in the same folder:

              {Program} generate t2v "A cat wearing a cape, playing with a dog" -o cat.mp4
            """);
    }

    /// <summary>How the user started this program: the script of a checkout runs it with <c>dotnet</c>.</summary>
    private static string Program =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) is "rushes" or "Rushes.Cli" ? "rushes" : "./rushes";
}
