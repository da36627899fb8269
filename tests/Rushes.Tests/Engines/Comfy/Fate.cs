namespace Rushes.Tests.Engines.Comfy;

/// <summary>What the stub does with one prompt.</summary>
internal enum Fate
{
    Run,

    /// <summary>Runs on until it is interrupted.</summary>
    Linger,

    /// <summary>Makes a step each time that someone looks, until it is interrupted.</summary>
    Crawl,

    /// <summary>Starts, and nothing more is heard of it; interrupting does not help.</summary>
    Hang,

    /// <summary>Runs until it is interrupted, and then until it has been looked at three times more.</summary>
    StopSlowly,

    OutOfMemory,

    Break,

    /// <summary>As if someone at the server had interrupted it.</summary>
    Interrupted,

    /// <summary>Everything in memory is gone while it runs.</summary>
    Restart,

    /// <summary>Its socket is torn in the middle.</summary>
    DropSocket,

    /// <summary>Nothing is told to its socket from the middle on, until a new one opens.</summary>
    Deafen,

    /// <summary>Is taken with a part of its outputs dropped.</summary>
    TakenPartly,

    /// <summary>Is taken, but the answer is lost.</summary>
    AnswerLost,

    Refused,
}
