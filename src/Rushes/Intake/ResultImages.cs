using Rushes.Files;
using Rushes.Jobs;
using Rushes.Media;

namespace Rushes.Intake;

/// <summary>Still images of finished videos, made when they are first requested, and kept as long as the video.</summary>
/// <param name="folder">For files while an image is made.</param>
public sealed class ResultImages(IFileStore files, InspectionSlots slots, string folder)
{
    /// <summary>Memory of a decoder, for each pixel of a frame.</summary>
    private const long PixelBytes = 60;

    public static string KeyOf(Job job, ResultImage image) => OutputKey.OfImage(job.Account, job.Id, NameOf(image));

    /// <returns>The key of the image; neither key nor problem if the video is no longer stored.</returns>
    public async Task<(string? Key, Problem? Problem)> FindAsync(Job job, ResultImage image, CancellationToken cancel)
    {
        var key = KeyOf(job, image);
        if (await files.FindAsync(key, cancel) is not null) return (key, null);
        using var slot = await slots.EnterAsync(job.Account, job.Plan.Delivery.Pixels * PixelBytes, cancel);
        if (slot is null) return (null, Problem.InspectionBusy);

        var temporary = new Folder(folder);
        var (video, made) = (temporary.NewFile(".mp4"), temporary.NewFile(".webp"));
        try
        {
            if (!await files.FetchAsync(job.ResultKey!, video, cancel)) return (null, null);
            if (!await VideoImage.MakeAsync(video, image, job.Plan.Delivery, made, folder, cancel))
                return (null, new Problem(ProblemKind.Unavailable, $"The {NameOf(image)} could not be made."));
            await files.PutAsync(key, made, FileKey.ContentTypeOf(key), cancel);
            return (key, null);
        }
        finally
        {
            File.Delete(video);
            File.Delete(made);
        }
    }

    private static string NameOf(ResultImage image) => image == ResultImage.Thumbnail ? "thumbnail" : "spritesheet";
}
