using Rushes.Files;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Media;

namespace Rushes.Server.Transfers;

/// <summary>The still images of finished videos: as responses, and as bytes for an agent.</summary>
internal sealed class ResultImageFiles(ResultImages images, IFileStore files)
{
    /// <param name="origin">The base of a signed URL.</param>
    /// <returns>Neither file nor problem if the video is no longer stored.</returns>
    public async Task<(IResult? File, Problem? Problem)> OpenAsync(
        HttpRequest request, Job job, ResultImage image, string origin, CancellationToken cancel)
    {
        var (key, problem) = await images.FindAsync(job, image, cancel);
        if (key is null) return (null, problem);
        return (await StoredFileResult.OpenAsync(request, files, key, origin, cancel), null);
    }

    /// <summary>Null if the video is no longer stored, or the image cannot be made now.</summary>
    public async Task<byte[]?> ReadAsync(Job job, ResultImage image, CancellationToken cancel)
    {
        if ((await images.FindAsync(job, image, cancel)).Key is not { } key) return null;
        if (await files.OpenAsync(key, cancel) is not { } content) return null;
        await using (content)
        {
            using var bytes = new MemoryStream();
            await content.CopyToAsync(bytes, cancel);
            return bytes.ToArray();
        }
    }
}
