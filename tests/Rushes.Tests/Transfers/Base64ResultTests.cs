using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text.Json;
using Rushes.Server.Transfers;
using Rushes.Tests.Intake;
using Xunit;

namespace Rushes.Tests.Transfers;

public sealed class Base64ResultTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(3071)]
    [InlineData(49_152)]
    [InlineData(49_153)]
    [InlineData(1_000_000)]
    public async Task What_is_written_is_the_file_and_as_long_as_said(int bytes)
    {
        var file = RandomNumberGenerator.GetBytes(bytes);
        using var body = new MemoryStream();
        var writer = PipeWriter.Create(body, new StreamPipeWriterOptions(leaveOpen: true));
        await Base64Result.WriteAsync(writer, new ChoppedStream(file, 1, 7, 1000), TestContext.Current.CancellationToken);
        await writer.CompleteAsync();
        Assert.Equal(Base64Result.LengthOf(bytes), body.Length);
        using var json = JsonDocument.Parse(body.ToArray());
        Assert.Equal(file, json.RootElement.GetProperty("video").GetProperty("data_uri").GetBytesFromBase64());
    }
}
