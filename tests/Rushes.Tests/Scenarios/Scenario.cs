namespace Rushes.Tests.Scenarios;

/// <summary>
/// A conversation as a client has it, written down: requests, and the answers they must get. Lines beginning with '#' are
/// for the reader. <c>&gt;</c> begins a request (method and path, then headers), <c>&lt;</c> the answer due (status, then
/// headers); bodies follow plainly. <c>&lt; 200 until "COMPLETED"</c> asks again until the answer holds that text.
/// </summary>
public sealed record Scenario(string Name, int Workers, IReadOnlyList<Exchange> Exchanges)
{
    public static Scenario Parse(string name, string text)
    {
        var workers = 0;
        var exchanges = new List<Exchange>();
        var lines = text.Split('\n').Where(line => !line.StartsWith('#')).ToArray();
        for (var at = 0; at < lines.Length;)
        {
            if (lines[at].StartsWith("workers:", StringComparison.Ordinal)) workers = int.Parse(lines[at++][8..]);
            else if (lines[at].StartsWith("> ", StringComparison.Ordinal)) exchanges.Add(ParseExchange(lines, ref at));
            else if (lines[at].Trim().Length == 0) at++;
            else throw new FormatException($"{name}: line \"{lines[at]}\" is neither a request nor an answer");
        }
        return new Scenario(name, workers, exchanges);
    }

    private static Exchange ParseExchange(string[] lines, ref int at)
    {
        var (requestHead, requestBody) = ParsePart(lines, ref at, "> ");
        var (answerHead, answerBody) = ParsePart(lines, ref at, "< ");
        var call = requestHead[0].Split(' ', 2);
        var due = answerHead[0].Split(" until ", 2);
        return new Exchange(
            call[0], call[1], [.. requestHead.Skip(1)], requestBody,
            int.Parse(due[0]), due.Length > 1 ? due[1].Trim('"') : null, [.. answerHead.Skip(1)], answerBody);
    }

    private static (List<string> Head, string Body) ParsePart(string[] lines, ref int at, string mark)
    {
        var head = new List<string>();
        while (at < lines.Length && lines[at].StartsWith(mark, StringComparison.Ordinal)) head.Add(lines[at++][2..].Trim());
        var body = new List<string>();
        while (at < lines.Length && !lines[at].StartsWith("> ", StringComparison.Ordinal)
            && !lines[at].StartsWith("< ", StringComparison.Ordinal)) body.Add(lines[at++]);
        return (head, string.Join('\n', body).Trim());
    }
}

public sealed record Exchange(
    string Method, string Path, IReadOnlyList<string> Headers, string Body,
    int Status, string? Until, IReadOnlyList<string> AnswerHeaders, string Answer);
