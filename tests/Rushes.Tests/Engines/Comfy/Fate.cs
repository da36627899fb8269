namespace Rushes.Tests.Engines.Comfy;

/// <summary>How the stub handles a prompt.</summary>
internal enum Fate
{
    Run,

    /// <summary>Runs on until it is interrupted.</summary>
    Linger,

    /// <summary>Makes a step each time that someone looks, until it is interrupted.</summary>
    Crawl,

    /// <summary>Starts and then hangs; interrupting has no effect.</summary>
    Hang,

    /// <summary>Runs until it is interrupted, and then until it has been looked at three times more.</summary>
    StopSlowly,

    OutOfMemory,

    Break,

    /// <summary>Interrupted by another user of the server.</summary>
    Interrupted,

    /// <summary>The server loses its memory while the prompt runs.</summary>
    Restart,

    /// <summary>The socket is cut in the middle of the run.</summary>
    DropSocket,

    /// <summary>Nothing is told to its socket from the middle on, until a new one opens.</summary>
    Deafen,

    /// <summary>Is taken with a part of its outputs dropped.</summary>
    TakenPartly,

    /// <summary>Is taken, but the answer is lost.</summary>
    AnswerLost,

    Rejected,
}
