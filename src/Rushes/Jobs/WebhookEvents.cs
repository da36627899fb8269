namespace Rushes.Jobs;

/// <summary>What is posted to a job's webhook. The numbers are stored; never change them.</summary>
[Flags]
public enum WebhookEvents
{
    None = 0,

    /// <summary>The job completed, failed or was cancelled.</summary>
    End = 1,

    /// <summary>A worker started it for the first time.</summary>
    Start = 2,

    /// <summary>It has a video.</summary>
    Output = 4,

    /// <summary>Its run made progress.</summary>
    Progress = 8,
}
