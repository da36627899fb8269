namespace Rushes.Engines.Comfy;

/// <summary>
/// What the queue of a server shows about a waiting prompt: whether the prompts before it progress, or belong to other
/// clients.
/// </summary>
/// <param name="since">When the prompt was sent.</param>
internal sealed class QueueSigns(string prompt, long since, ServerProgress progress, Action<ComfyMessage> heard)
{
    private long lastSign = since;
    private QueueState? last;

    /// <summary>Whether it waits for a prompt of another client, which may take any time.</summary>
    public bool Read(QueueState queue)
    {
        var behind = queue.Pending.Contains(prompt) && progress.IsBusyWithOthers(queue);
        if (behind || (last is not null && !queue.SameAs(last))) progress.Report();
        last = queue;
        if (behind)
        {
            heard(new ComfyMessage.Behind(prompt));
        }
        else if (queue.Pending.Contains(prompt) && progress.Last > lastSign)
        {
            lastSign = progress.Last;
            heard(new ComfyMessage.Waiting(prompt));
        }
        return behind;
    }
}
