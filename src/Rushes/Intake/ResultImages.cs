using Rushes.Database;
using Rushes.Files;
using Rushes.Jobs;
using Rushes.Media;

namespace Rushes.Intake;

/// <summary>Still images of finished videos, made when they are first requested, and kept as long as the video.</summary>
/// <param name="folder">For files while an image is made.</param>
public sealed class ResultImages(IFileStore files, IJobStore jobs, InspectionSlots slots, string folder)
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
        // Another request may have made it while this one waited.
        if (await files.FindAsync(key, cancel) is not null) return (key, null);

        var temporary = new Folder(folder);
        var (video, made) = (temporary.NewFile(".mp4"), temporary.NewFile(".webp"));
        try
        {
            if (!await files.FetchAsync(job.ResultKey!, video, cancel)) return (null, null);
            if (!await VideoImage.MakeAsync(video, image, job.Plan.Delivery, made, folder, cancel))
                return (null, new Problem(ProblemKind.Unavailable, $"The {NameOf(image)} could not be made."));
            await files.PutAsync(key, made, FileKey.ContentTypeOf(key), cancel);
            if (await IsKeptAsync(job, cancel)) return (key, null);
            await files.DeleteAsync(key, CancellationToken.None);
            return (null, null);
        }
        finally
        {
            File.Delete(video);
            File.Delete(made);
        }
    }

    /// <summary>The job and its video can be deleted while an image is made, which would then stay behind.</summary>
    private async Task<bool> IsKeptAsync(Job job, CancellationToken cancel) =>
        await jobs.FindAsync(job.Id, cancel) is not null && await files.FindAsync(job.ResultKey!, cancel) is not null;

    private static string NameOf(ResultImage image) => image switch
    {
        ResultImage.Thumbnail => "thumbnail", ResultImage.Spritesheet => "spritesheet", _ => "last-frame",
    };
}
