namespace Rushes.Jobs;

/// <summary>A run that ended with a result, from which run times are learned.</summary>
public sealed record FinishedRun(string Model, string Lane, VideoFormat Render, int Work, TimeSpan Took);
