using System.Buffers.Binary;
using Rushes.Catalog;

namespace Rushes.Media;

/// <summary>
/// Looks at files of unknown origin. The first bytes decide which decoder may see a file, its header how much memory that takes,
/// and the slots when it may run. Pictures are brought into their plain form, which is what engines get.
/// </summary>
public sealed class Inspector(InspectionSlots slots, MediaLimits limits)
{
    /// <summary>Reading a container's headers takes little, whatever they say.</summary>
    private const long ProbeMemory = 32L << 20;

    public MediaLimits Limits => limits;

    /// <summary>For the media of one request.</summary>
    public DecodingTime NewTime() => new(limits.MaxDecoding);

    /// <param name="kinds">What the field takes; at least one.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">A decoder is not installed.</exception>
    /// <exception cref="MachineFaultException">A decoder failed for another reason than the file.</exception>
    public Task<Inspection> InspectAsync(
        int account, string path, IReadOnlyList<MediaKind> kinds, DecodingTime time, CancellationToken cancel) =>
        InspectAsync(account, path, null, kinds, time, cancel);

    /// <summary>Brings a picture into its plain form as well.</summary>
    /// <param name="plain">
    /// A path without a file: the plain form is written there, unless the file is plain as it is. A picture that is refused may
    /// leave a part of it.
    /// </param>
    public async Task<Inspection> InspectAsync(
        int account, string path, string? plain, IReadOnlyList<MediaKind> kinds, DecodingTime time, CancellationToken cancel)
    {
        using var file = new FileWindow(path);
        var type = MediaTypes.Tell(file.At(0, MediaTypes.HeadSize));
        if (type is null) return MediaRefusal.NotTaken(OtherTypes.Describe(file.At(0, MediaTypes.HeadSize)), kinds);
        var mayBeSound = type.IsMp4Family && kinds.Contains(MediaKind.Sound);
        var mayBeClip = type.IsMp4Family && kinds.Contains(MediaKind.Clip);
        if (!kinds.Contains(type.Kind) && !mayBeSound && !mayBeClip) return MediaRefusal.NotTaken(type, kinds);
        return type.Kind == MediaKind.Picture
            ? await PictureAsync(account, path, plain, type, time, cancel)
            : await StreamsAsync(account, path, file, type, kinds, time, cancel);
    }

    private async Task<Inspection> PictureAsync(
        int account, string path, string? plain, MediaType type, DecodingTime time, CancellationToken cancel)
    {
        // A picture that needs more tells so by its header, and waits for as much.
        for (var bytes = slots.SmallBytes; ;)
        {
            using var slot = await slots.EnterAsync(account, bytes, cancel);
            if (slot is null) return new Inspection.Busy();
            switch (await PictureReader.ReadAsync(path, type, plain, limits.MaxPixels, bytes, time, cancel))
            {
                case PictureReading.NeedsMemory needs:
                    bytes = needs.Bytes;
                    break;
                case PictureReading.Accepted read:
                    return new Inspection.Accepted(
                        new MediaFacts(
                            read.Written ?? type, read.Width, read.Height, 0, 0, 1, HasSound: false, HasPicture: true),
                        IsRewritten: read.Written is not null);
                case PictureReading.Refused refused:
                    return refused.Reason;
            }
        }
    }

    private async Task<Inspection> StreamsAsync(
        int account, string path, FileWindow file, MediaType type, IReadOnlyList<MediaKind> kinds, DecodingTime time,
        CancellationToken cancel)
    {
        if (type == MediaType.Wav && WavIsCutOff(file)) return MediaRefusal.CutOff;
        var input = FfmpegInput.Of(path, type);
        Probe? probe;
        using (var slot = await slots.EnterAsync(account, ProbeMemory, cancel))
        {
            if (slot is null) return new Inspection.Busy();
            (probe, var problem) = await Probe.RunAsync(
                input with { MaxPixels = limits.MaxFramePixels, Threads = 1 }, type, time, cancel);
            if (probe is null) return new Inspection.Refused(problem!);
        }

        if (type.IsMp4Family) type = !probe.HasPicture ? MediaType.M4a : type == MediaType.M4a ? MediaType.Mp4 : type;
        if (!kinds.Contains(type.Kind))
            return type.Kind == MediaKind.Sound && !kinds.Contains(MediaKind.Sound)
                ? MediaRefusal.OnlySound(kinds)
                : MediaRefusal.NotTaken(type, kinds);
        if (probe.IsCutOff) return MediaRefusal.CutOff;
        if (probe.Seconds > limits.MaxSeconds) return MediaRefusal.TooLong(limits);
        return type.Kind == MediaKind.Sound
            ? await SoundAsync(account, input, type, probe, time, cancel)
            : await ClipAsync(account, input, type, probe, time, cancel);
    }

    private async Task<Inspection> SoundAsync(
        int account, FfmpegInput input, MediaType type, Probe probe, DecodingTime time, CancellationToken cancel)
    {
        if (probe.HasPicture) return MediaRefusal.NotASound;
        if (!probe.HasSound) return new Inspection.Refused("has no sound in it");
        using var slot = await slots.EnterAsync(account, ProbeMemory, cancel);
        if (slot is null) return new Inspection.Busy();
        if (await new Decoder(input with { Threads = 1 }, limits, time).DecodeSoundAsync(type, cancel) is not { } seconds)
            return MediaRefusal.Damaged(type, "it cannot be decoded to its end", time);
        if (seconds <= 0) return new Inspection.Refused("is a sound of no length");
        if (seconds > limits.MaxSeconds) return MediaRefusal.TooLong(limits);
        if (probe.Seconds is { } declared && probe.SecondsAreExact && seconds < declared * 0.98 - 0.5) return MediaRefusal.CutOff;
        return new Inspection.Accepted(new MediaFacts(type, 0, 0, seconds, 0, 0, HasSound: true, HasPicture: false));
    }

    private async Task<Inspection> ClipAsync(
        int account, FfmpegInput input, MediaType type, Probe probe, DecodingTime time, CancellationToken cancel)
    {
        if (!probe.HasPicture || probe.Frames == 0) return new Inspection.Refused("has no picture in it");
        if ((long)probe.Width * probe.Height > limits.MaxFramePixels)
            return MediaRefusal.TooManyPixels(probe.Width, probe.Height, limits.MaxFramePixels);

        input = input.WithFrames(probe.Width, probe.Height) with { Threads = 1 };
        using var slot = await slots.EnterAsync(account, input.Memory, cancel);
        if (slot is null) return new Inspection.Busy();
        var decoder = new Decoder(input, limits, time);
        // Browsers record WebM without saying how long it is.
        var seconds = probe.Seconds ?? await decoder.DecodeLengthAsync(cancel) ?? 0;
        if (seconds <= 0) return new Inspection.Refused("is a clip of no length");
        if (seconds > limits.MaxSeconds) return MediaRefusal.TooLong(limits);
        if (!await decoder.DecodesBothEndsAsync(probe.Seconds, cancel))
            return MediaRefusal.Damaged(type, "its pictures cannot be decoded", time);
        if (await decoder.HasLargerFramesAsync(cancel)) return MediaRefusal.LargerFrames(probe.Width, probe.Height);
        var rate = probe.Rate > 0 ? probe.Rate : probe.Frames / seconds;
        return new Inspection.Accepted(
            new MediaFacts(type, probe.Width, probe.Height, seconds, rate, probe.Frames, probe.HasSound, HasPicture: true));
    }

    /// <summary>The RIFF header tells the length; programs that stream leave it empty, and some are wrong by a little.</summary>
    private static bool WavIsCutOff(FileWindow file)
    {
        var size = BinaryPrimitives.ReadUInt32LittleEndian(file.At(4, 4));
        return size < 0x7FFF_F000 && size + 8L > file.Length + 64;
    }
}
