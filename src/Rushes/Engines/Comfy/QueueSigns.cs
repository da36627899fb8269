namespace Rushes.Engines.Comfy;

/// <summary>What a server's queue shows about a prompt that waits in it: what is before it goes on, or is of others.</summary>
/// <param name="since">When the prompt was sent.</param>
internal sealed class QueueSigns(string prompt, long since, ServerProgress progress, Action<ComfyMessage> heard)
{
    private long told = since;
    private QueueState? last;

    /// <summary>Whether it waits for a prompt of another client, which may take as long as it likes.</summary>
    public bool Read(QueueState queue)
    {
        var behind = queue.Pending.Contains(prompt) && progress.IsBusyWithOthers(queue);
        if (behind || (last is not null && !queue.SameAs(last))) progress.Report();
        last = queue;
        if (behind)
        {
            heard(new ComfyMessage.Behind(prompt));
        }
        else if (queue.Pending.Contains(prompt) && progress.Last > told)
        {
            told = progress.Last;
            heard(new ComfyMessage.Waiting(prompt));
        }
        return behind;
    }
}
