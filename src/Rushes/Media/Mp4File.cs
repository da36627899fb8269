using System.Buffers.Binary;
using System.Text;

namespace Rushes.Media;

/// <summary>
/// An MP4 file of the usual form: one H.264 stream and at most one AAC stream. Most engines write such files, and reading and
/// rewriting one here is much faster than starting ffprobe and ffmpeg, which handle all other files.
/// </summary>
internal sealed class Mp4File
{
    /// <summary>Stands for a tag that is not read.</summary>
    private const string OtherTag = "other";

    private const int MaxBoxes = 64, MaxIndex = 16 << 20;

    private const long MaxBytes = 2_000_000_000;

    private static readonly Mp4Box Brands = new("ftyp", (byte[])[.. "isom"u8, 0, 0, 2, 0, .. "isomiso2avc1mp41"u8]);

    private readonly string path;
    private readonly Mp4Box header;
    private readonly IReadOnlyList<Mp4Track> tracks;

    private Mp4File(string path, FileStream file)
    {
        this.path = path;
        var (index, isFirst) = ReadIndex(file);
        var boxes = index.Boxes();
        if (boxes.Any(box => box.Type is not ("mvhd" or "trak" or "udta"))) throw new InvalidDataException("unknown boxes");
        header = boxes.Single(box => box.Type == "mvhd");
        if (header.Content.Span[0] != 0) throw new InvalidDataException("an unusual header");
        tracks = [.. boxes.Where(box => box.Type == "trak").Select(box => Mp4Track.Read(box, header.At(12)))];
        if (tracks.Count(track => track.IsVideo) != 1 || tracks.Count > 2)
            throw new InvalidDataException("an unusual number of streams");
        // Overlapping chunks would make the rewritten file larger than this one.
        if (tracks.Sum(track => track.Chunks.Sum(chunk => chunk.Bytes)) > file.Length
            || tracks.Any(track => track.Chunks.Any(chunk => chunk.Offset < 0 || chunk.Offset + chunk.Bytes > file.Length)))
            throw new InvalidDataException("samples beyond the end of the file");

        var (video, sound) = (tracks.Single(track => track.IsVideo), tracks.SingleOrDefault(track => !track.IsVideo));
        var format = ReadVideo(file, video);
        if (sound is not null) CheckSound(sound.Format);
        Facts = new VideoFacts(
            "h264", "yuv420p", format.Width, format.Height, video.SampleSizes.Count, video.Rate, video.Seconds,
            sound is null ? null : "aac", sound?.Seconds ?? 0, isFirst, HasSquarePixels: true,
            ReadTags(boxes.Where(box => box.Type == "udta")));
    }

    public VideoFacts Facts { get; }

    /// <summary>Null if the file is damaged or not of the usual form.</summary>
    public static Mp4File? Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return file.Length <= MaxBytes ? new Mp4File(path, file) : null;
        }
        catch (Exception error) when (
            error is InvalidDataException or InvalidOperationException or ArgumentException or IndexOutOfRangeException
                or EndOfStreamException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>Writes the same streams with the index first and without metadata.</summary>
    public async Task WriteAsync(string to, CancellationToken cancel)
    {
        var places = tracks.Select(track => new long[track.Chunks.Count]).ToList();
        var start = Brands.ToArray().Length + IndexAt(places).ToArray().Length + 8L;
        var chunks = tracks.SelectMany((track, of) => track.Chunks.Select((chunk, at) => (Chunk: chunk, Of: of, At: at)))
            .OrderBy(each => each.Chunk.Offset)
            .ToList();
        var end = start;
        foreach (var (chunk, of, at) in chunks)
        {
            places[of][at] = end;
            end += chunk.Bytes;
        }

        await using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true);
        await using var copy = new FileStream(to, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true);
        await copy.WriteAsync(Brands.ToArray(), cancel);
        await copy.WriteAsync(IndexAt(places).ToArray(), cancel);
        var data = new Mp4Box("mdat", ReadOnlyMemory<byte>.Empty).ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(data, checked((uint)(end - start + 8)));
        await copy.WriteAsync(data, cancel);
        var buffer = new byte[1 << 16];
        foreach (var (chunk, _, _) in chunks)
        {
            source.Position = chunk.Offset;
            for (var left = chunk.Bytes; left > 0;)
            {
                var piece = buffer.AsMemory(0, (int)Math.Min(left, buffer.Length));
                await source.ReadExactlyAsync(piece, cancel);
                await copy.WriteAsync(piece, cancel);
                left -= piece.Length;
            }
        }
    }

    private Mp4Box IndexAt(IReadOnlyList<long[]> places) =>
        Mp4Box.Of("moov", [header, .. tracks.Select((track, of) => (Mp4Box?)track.At(places[of]))]);

    /// <summary>The box that describes the streams, and whether it comes before their data.</summary>
    private static (Mp4Box Index, bool IsFirst) ReadIndex(FileStream file)
    {
        var head = new byte[16];
        Mp4Box? index = null;
        bool? isFirst = null;
        long at = 0;
        for (var box = 0; at < file.Length; box++)
        {
            file.Position = at;
            file.ReadExactly(head, 0, 8);
            long size = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (size == 1)
            {
                file.ReadExactly(head, 8, 8);
                size = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(8));
            }
            if (box == MaxBoxes || size < 8 || size > file.Length - at) throw new InvalidDataException("a box of no size");
            switch (Encoding.Latin1.GetString(head, 4, 4))
            {
                case "moov" when index is null && size <= MaxIndex:
                    var content = new byte[size - 8];
                    file.ReadExactly(content);
                    index = new Mp4Box("moov", content);
                    break;
                case "mdat":
                    isFirst ??= index is not null;
                    break;
                case "ftyp" or "free" or "skip":
                    break;
                default: throw new InvalidDataException("an unknown box");
            }
            at += size;
        }
        return (index ?? throw new InvalidDataException("no index"), isFirst ?? false);
    }

    private static H264Header ReadVideo(FileStream file, Mp4Track video)
    {
        var format = Entry(video.Format, "avc1");
        var parts = format.Parts(78, "avcC", "pasp", "btrt", "colr");
        if (parts.Find("pasp") is { } ratio && ratio.At(0) != ratio.At(4))
            throw new InvalidDataException("pixels are not square");
        if (parts.Find("colr") is { Content: var color } && (!color.Span.StartsWith("nclx"u8) || color.Span[10] >> 7 == 1))
            throw new InvalidDataException("unusual colors");
        var config = parts["avcC"].Content.Span;
        if ((config[5] & 31) != 1) throw new InvalidDataException("several headers");
        var header = H264Header.Read(config.Slice(8, BinaryPrimitives.ReadUInt16BigEndian(config[6..])));
        if (!header.IsYuv420p || (header.Width, header.Height) != (format.ShortAt(24), format.ShortAt(26)))
            throw new InvalidDataException("an unusual picture");
        CheckFrames(file, video, (config[4] & 3) + 1);
        return header;
    }

    /// <summary>Checks that every frame consists of complete NAL units with a picture, and none has its own header.</summary>
    private static void CheckFrames(FileStream file, Mp4Track video, int lengthSize)
    {
        const int Slice = 1, Key = 5, Information = 6, Delimiter = 9, Filler = 12;
        var head = new byte[5];
        var isFirst = true;
        var sample = 0;
        foreach (var chunk in video.Chunks)
            for (long at = chunk.Offset, end = at + chunk.Bytes; at < end; sample++)
            {
                var sampleEnd = at + video.SampleSizes[sample];
                var hasFrame = false;
                while (at < sampleEnd)
                {
                    file.Position = at;
                    file.ReadExactly(head, 0, lengthSize + 1);
                    long size = 0;
                    foreach (var part in head.AsSpan(0, lengthSize)) size = size << 8 | part;
                    at += lengthSize + size;
                    var type = head[lengthSize] & 31;
                    if (size == 0 || at > sampleEnd || type is not (Slice or Key or Information or Delimiter or Filler))
                        throw new InvalidDataException("a damaged frame");
                    hasFrame |= type == Key || (type == Slice && !isFirst);
                }
                if (!hasFrame) throw new InvalidDataException("a frame without a picture");
                isFirst = false;
            }
    }

    private static void CheckSound(Mp4Box format)
    {
        const byte Stream = 3, Decoder = 4, Aac = 0x40;
        var entry = Entry(format, "mp4a");
        var parts = entry.Parts(28, "esds", "btrt");
        var content = parts["esds"].Content.Span[4..];
        content = Descriptor(content, Stream);
        if (entry.ShortAt(8) != 0 || content[2] != 0 || Descriptor(content[3..], Decoder)[0] != Aac)
            throw new InvalidDataException("unusual sound");
    }

    /// <summary>The content of a descriptor. Its size is encoded in up to four bytes, seven bits in each.</summary>
    private static ReadOnlySpan<byte> Descriptor(ReadOnlySpan<byte> bytes, byte type)
    {
        if (bytes[0] != type) throw new InvalidDataException("unusual sound");
        var place = 1;
        while (place < 4 && bytes[place] >> 7 == 1) place++;
        return bytes[(place + 1)..];
    }

    private static Mp4Box Entry(Mp4Box format, string type) =>
        format.Boxes(8) is [var entry] && entry.Type == type ? entry : throw new InvalidDataException("another format");

    /// <summary>The comment and the encoder; of other tags only that they exist.</summary>
    private static Dictionary<string, string> ReadTags(IEnumerable<Mp4Box> metadata)
    {
        var tags = new Dictionary<string, string>();
        foreach (var list in metadata)
        {
            if (list.Boxes() is not [{ Type: "meta" } meta] || meta.Boxes(4).Any(box => box.Type is not ("hdlr" or "ilst")))
            {
                tags[OtherTag] = "";
                continue;
            }
            foreach (var tag in meta.Boxes(4).Where(box => box.Type == "ilst").SelectMany(box => box.Boxes()))
                tags[tag.Type switch { "©too" => "encoder", "©cmt" => "comment", _ => OtherTag }] =
                    tag.Boxes() is [{ Type: "data" } data] ? Encoding.UTF8.GetString(data.Content.Span[8..]) : "";
        }
        return tags;
    }
}
