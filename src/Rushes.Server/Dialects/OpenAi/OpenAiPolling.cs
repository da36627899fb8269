using System.Globalization;
using Rushes.Intake;

namespace Rushes.Server.Dialects.OpenAi;

/// <summary>
/// The header that tells OpenAI's polling helpers how long to wait between two calls. They keep the value of the first response,
/// so it is short enough to notice the end soon.
/// </summary>
internal static class OpenAiPolling
{
    public const string Header = "openai-poll-after-ms";

    private const double MinWait = 500, MaxWait = 5000;

    public static void Write(HttpResponse response, JobView view)
    {
        var wait = view.Remaining is { } left ? left.TotalMilliseconds / 20 : MinWait;
        response.Headers[Header] = Math.Clamp(wait, MinWait, MaxWait).ToString("0", CultureInfo.InvariantCulture);
    }
}
