namespace Rushes.Outbound;

public abstract record OutboundAnswer
{
    private OutboundAnswer() { }

    /// <summary>Any status. The caller disposes the response.</summary>
    public sealed record Answered(HttpResponseMessage Response) : OutboundAnswer;

    public sealed record NotReached(Refused Why) : OutboundAnswer;
}
