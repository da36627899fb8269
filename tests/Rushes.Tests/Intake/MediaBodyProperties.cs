using System.IO.Pipelines;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Rushes.Intake;
using Xunit;

namespace Rushes.Tests.Intake;

public sealed class MediaBodyProperties : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(300);

    private MediaBodyOptions Options => new() { Folder = folder.Path };

    [Fact]
    public void Any_body_in_any_pieces_means_what_it_means_whole() =>
        Check.One(Runs, Prop.ForAll(Seeds, seed => Same(seed).GetAwaiter().GetResult()));

    [Fact]
    public void Any_damage_is_rejected_or_changes_the_meaning_but_never_throws() =>
        Check.One(Runs, Prop.ForAll(Seeds, seed => Damaged(seed).GetAwaiter().GetResult()));

    private static Arbitrary<int> Seeds => Gen.Choose(0, int.MaxValue - 1).ToArbitrary();

    private async Task<bool> Same(int seed)
    {
        var random = new Random(seed);
        var body = RandomMediaBody.Next(random);
        var outcome = await ReadAsync(body, random);
        Assert.True(outcome is MediaBody.Read, outcome.ToString());
        using var read = (MediaBody.Read)outcome;
        Assert.Equal(MediaBodyModel.Describe(body), await MediaBodyModel.DescribeAsync(read, CancellationToken.None));
        return true;
    }

    private async Task<bool> Damaged(int seed)
    {
        var random = new Random(seed);
        var body = RandomMediaBody.Next(random);
        for (var i = random.Next(1, 4); i > 0; i--)
            body[random.Next(body.Length)] = random.Next(3) == 0
                ? (byte)random.Next(256)
                : "\"\\{}[]:,=\u0000"u8[random.Next(10)];
        switch (await ReadAsync(body[..random.Next(body.Length / 2, body.Length + 1)], random))
        {
            case MediaBody.Read read:
                Encoding.UTF8.GetBytes(await MediaBodyModel.DescribeAsync(read, CancellationToken.None));
                read.Dispose();
                break;
            case MediaBody.Rejected rejected:
                Assert.Contains(rejected.Code, new[] { "too_large", "bad_json", "bad_base64" });
                break;
        }
        return Directory.GetFileSystemEntries(folder.Path).Length == 0;
    }

    private async Task<MediaBody> ReadAsync(byte[] body, Random random)
    {
        int[] sizes = random.Next(4) switch
        {
            0 => [1],
            1 => [.. Enumerable.Range(0, 50).Select(_ => random.Next(1, 20)), 4096],
            2 => [random.Next(1, 5000)],
            _ => [int.MaxValue],
        };
        // Large read buffers, so that the reader does not chop for us.
        var reader = PipeReader.Create(new ChoppedStream(body, sizes), new StreamPipeReaderOptions(bufferSize: 256 << 10));
        return await MediaBody.ReadAsync(reader, Options, CancellationToken.None);
    }
}
