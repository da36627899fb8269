using Rushes.Catalog;

namespace Rushes.Media;

/// <summary>
/// Checks media files of requests. The first bytes select the decoder, the header determines how much memory it needs, and
/// <see cref="InspectionSlots"/> decides when it runs. Engines get the plain form of a file.
/// </summary>
public sealed class Inspector(InspectionSlots slots, MediaLimits limits)
{
    /// <summary>Reading a container's headers needs little memory, whatever they contain.</summary>
    private const long ProbeMemory = 32L << 20;

    public MediaLimits Limits => limits;

    /// <summary>The time limit for the media of one request.</summary>
    public DecodingTime NewTime() => new(limits.MaxDecoding);

    /// <summary>Checks a file without changing it.</summary>
    /// <param name="kinds">The kinds that the field accepts; at least one.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">A decoder is not installed.</exception>
    /// <exception cref="MachineFaultException">A decoder failed for a reason other than the file.</exception>
    public Task<Inspection> InspectAsync(
        int account, string path, IReadOnlyList<MediaKind> kinds, DecodingTime time, CancellationToken cancel) =>
        InspectAsync(account, path, null, kinds, time, cancel);

    /// <summary>Checks a file and makes its plain form.</summary>
    /// <param name="plain">
    /// The path for the plain form; nothing is written if the file already is in plain form. A rejected file may leave a
    /// partial file there.
    /// </param>
    public async Task<Inspection> InspectAsync(
        int account, string path, string? plain, IReadOnlyList<MediaKind> kinds, DecodingTime time, CancellationToken cancel)
    {
        using var file = new FileWindow(path);
        var found = MediaTypes.Find(file);
        if (found.Type is not { } type)
            return MediaRejection.NotTaken(OtherTypes.Describe(file.At(0, MediaTypes.HeadSize)), kinds);
        if (!kinds.Contains(type.Kind) && !(type.IsContainer && kinds.Any(kind => kind != MediaKind.Picture)))
            return MediaRejection.NotTaken(type, kinds);
        if (type.Kind == MediaKind.Picture) return await PictureAsync(account, path, plain, type, time, cancel);
        if (type == MediaType.Wav && WavFile.Read(file, found.Start) is { IsExact: false } wav)
            return wav.IsCutOff ? MediaRejection.CutOff : await RepairedAsync(account, path, wav, plain, kinds, time, cancel);
        return await StreamsAsync(account, path, plain, found, kinds, time, cancel);
    }

    /// <summary>Checks the WAV with a corrected header; that is its plain form if the codec is common.</summary>
    private async Task<Inspection> RepairedAsync(
        int account, string path, WavFile wav, string? plain, IReadOnlyList<MediaKind> kinds, DecodingTime time,
        CancellationToken cancel)
    {
        var repaired = new Folder(Path.GetDirectoryName(Path.GetFullPath(path))!).NewFile();
        try
        {
            await wav.RepairAsync(path, repaired, cancel);
            var inspection = await StreamsAsync(account, repaired, plain, new FoundType(MediaType.Wav), kinds, time, cancel);
            if (inspection is not Inspection.Accepted { IsRewritten: false } accepted || plain is null) return inspection;
            File.Move(repaired, plain);
            return accepted with { IsRewritten = true };
        }
        finally
        {
            File.Delete(repaired);
        }
    }

    private async Task<Inspection> PictureAsync(
        int account, string path, string? plain, MediaType type, DecodingTime time, CancellationToken cancel)
    {
        if (new FileInfo(path).Length > limits.MaxImageBytes) return MediaRejection.TooManyBytes(limits.MaxImageBytes);
        // A picture whose header announces that it needs more memory waits for that much.
        for (var bytes = slots.SmallBytes; ;)
        {
            using var slot = await slots.EnterAsync(account, bytes, cancel);
            if (slot is null) return new Inspection.Busy();
            var isSmall = bytes == slots.SmallBytes;
            switch (await ImageReader.ReadAsync(path, type, plain, limits.MaxPixels, bytes, time, cancel, reuses: isSmall))
            {
                case ImageReading.NeedsMemory needs:
                    bytes = needs.Bytes;
                    break;
                case ImageReading.Accepted read:
                    return new Inspection.Accepted(
                        new MediaFacts(
                            read.Written ?? type, read.Width, read.Height, 0, 0, 1, HasSound: false, IsVisual: true),
                        IsRewritten: read.Written is not null);
                case ImageReading.Rejected rejected:
                    return rejected.Reason;
            }
        }
    }

    private async Task<Inspection> StreamsAsync(
        int account, string path, string? plain, FoundType found, IReadOnlyList<MediaKind> kinds, DecodingTime time,
        CancellationToken cancel)
    {
        var type = found.Type!;
        var input = FfmpegInput.Of(path, found);
        Probe? probe;
        using (var slot = await slots.EnterAsync(account, ProbeMemory, cancel))
        {
            if (slot is null) return new Inspection.Busy();
            (probe, var problem) = await Probe.RunAsync(
                input with { MaxPixels = limits.MaxFramePixels, Threads = 1 }, type, time, cancel);
            if (probe is null) return new Inspection.Rejected(problem!);
        }

        if (type.IsContainer) type = probe.HasVideo ? type.AsClip() : type.AsSound();
        if (!kinds.Contains(type.Kind))
            return type.Kind == MediaKind.Sound ? MediaRejection.OnlySound(kinds) : MediaRejection.NotTaken(type, kinds);
        if (probe.IsCutOff) return MediaRejection.CutOff;
        if (type.Kind == MediaKind.Clip) return await ClipAsync(account, input, found, type, probe, time, plain, cancel);
        if (probe.HasVideo) return MediaRejection.NotASound;
        if (!probe.HasSound) return new Inspection.Rejected("has no sound in it");
        using var place = await slots.EnterAsync(account, ProbeMemory, cancel);
        return place is null
            ? new Inspection.Busy()
            : await new SoundInspection(input, found, type, probe).RunAsync(limits, time, plain, cancel);
    }

    private async Task<Inspection> ClipAsync(
        int account, FfmpegInput input, FoundType found, MediaType type, Probe probe, DecodingTime time, string? plain,
        CancellationToken cancel)
    {
        if (!probe.HasVideo || probe.Frames == 0) return new Inspection.Rejected("has no picture in it");
        if ((long)probe.Width * probe.Height > limits.MaxFramePixels)
            return MediaRejection.TooManyPixels(probe.Width, probe.Height, limits.MaxFramePixels);

        input = input.WithFrames(probe.Width, probe.Height) with { Threads = 1 };
        var clip = new ClipInspection(input, found, type, probe, limits);
        Inspection seen;
        using (var slot = await slots.EnterAsync(account, input.Memory, cancel))
        {
            if (slot is null) return new Inspection.Busy();
            seen = await clip.LookAsync(time, cancel);
        }

        if (seen is not Inspection.Accepted || plain is null || !clip.NeedsPlainForm) return seen;
        using var place = await slots.EnterAsync(account, clip.PlainMemory, cancel);
        return place is null ? new Inspection.Busy() : await clip.MakePlainAsync(plain, cancel);
    }
}
