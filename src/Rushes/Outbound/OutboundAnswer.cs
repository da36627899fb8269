namespace Rushes.Outbound;

public abstract record OutboundAnswer
{
    private OutboundAnswer() { }

    /// <summary>Any status at all. The response is the caller's to dispose.</summary>
    public sealed record Answered(HttpResponseMessage Response) : OutboundAnswer;

    public sealed record NotReached(Refused Why) : OutboundAnswer;
}
