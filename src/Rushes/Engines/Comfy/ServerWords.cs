namespace Rushes.Engines.Comfy;

/// <summary>Messages for the operator: what is wrong with a server and how to fix it.</summary>
/// <param name="server">Its name, such as <c>the ComfyUI server http://127.0.0.1:8188/</c>.</param>
internal sealed class ServerWords(string server)
{
    public string BusyWithOthers => $"{server} is busy with others: it runs a prompt of another client, and jobs wait for it";

    public string Stuck => $"{server} answers but carries nothing out: restart it";

    public string Silent(Exception error) =>
        $"{server} did not respond ({error.Message.TrimEnd('.')}): {(ComfyClient.IsRejected(error) ? "start it" : "restart it")}";

    public string Stalled(TimeSpan time) =>
        $"{server} made no progress with a prompt for {time.TotalMinutes:0.#} minutes: restart it";
}
