using System.Text;

namespace Rushes.Tests.Fuzz;

/// <summary>Code that reads external input.</summary>
/// <param name="Name">As a finding's file is called.</param>
/// <param name="Samples">Good inputs, which are changed.</param>
/// <param name="Words">What its format is made of.</param>
/// <param name="TryAsync">Reads an input. Whatever it throws is a finding: documented rejections it takes in.</param>
internal sealed record FuzzTarget(
    string Name, IReadOnlyList<byte[]> Samples, IReadOnlyList<string> Words, Func<byte[], Task> TryAsync)
{
    public static FuzzTarget OfText(string name, IReadOnlyList<string> samples, IReadOnlyList<string> words, Func<string,
        Task> tryAsync) => new(
        name, [.. samples.Select(Encoding.UTF8.GetBytes)], words, input => tryAsync(Encoding.UTF8.GetString(input)));

    public static FuzzTarget OfText(string name, IReadOnlyList<string> samples, IReadOnlyList<string> words,
        Action<string> tryIt) => OfText(name, samples, words, text =>
    {
        tryIt(text);
        return Task.CompletedTask;
    });

    public static FuzzTarget OfBytes(string name, IReadOnlyList<byte[]> samples, IReadOnlyList<string> words,
        Action<byte[]> tryIt) => new(name, samples, words, input =>
    {
        tryIt(input);
        return Task.CompletedTask;
    });
}

/// <param name="Input">What showed it.</param>
internal sealed record Finding(string Target, byte[] Input, Exception Error);
