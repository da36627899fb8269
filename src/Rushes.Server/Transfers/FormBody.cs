using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Rushes.Intake;

namespace Rushes.Server.Transfers;

/// <summary>
/// Reads a multipart body as if it were JSON: each text part becomes a string, and goes through <see cref="MediaBody"/> with the
/// same limits. Files and data URLs are written to disk while they arrive. A file's value is its media token.
/// </summary>
internal sealed class FormBody(MediaBodyOptions options)
{
    /// <summary>Marks the value of a file part, so that it is not read as base64.</summary>
    private const string TokenPrefix = "part:";

    private const int PieceSize = 64 << 10;

    /// <summary>Bytes that a JSON string must escape.</summary>
    private static readonly SearchValues<byte> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(code => (byte)code), (byte)'"', (byte)'\\']);

    private readonly MediaBodyOptions options = options with { LinkPrefixes = [.. options.LinkPrefixes, TokenPrefix] };
    private readonly Folder folder = new(options.Folder);
    private readonly List<ReceivedMedia> files = [];
    private MediaBody.Rejected? rejected;

    /// <summary>The boundary of a multipart form; null if the content type is another one.</summary>
    public static string? BoundaryOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= 200 } boundary
            ? boundary.ToString()
            : null;

    /// <summary>Reads the whole form. The caller deletes the files of a body that was read.</summary>
    public async ValueTask<(MediaBody Body, IReadOnlyList<ReceivedMedia> Files)> ReadAsync(
        Stream content, string boundary, CancellationToken cancel)
    {
        MediaBody? body = null;
        try
        {
            var json = new Pipe();
            var reading = ReadJsonAsync(json.Reader, cancel);
            Exception? error = null;
            try
            {
                await WriteAsync(new MultipartReader(boundary, content), json.Writer, cancel);
            }
            catch (Exception caught)
            {
                error = caught;
            }
            await json.Writer.CompleteAsync(error);
            body = await reading;
            if (rejected is null) return (body, files);
            (body as IDisposable)?.Dispose();
            return (body = rejected, []);
        }
        catch (InvalidDataException malformed)
        {
            return (body = new MediaBody.Rejected("bad_json", null, $"The multipart body is malformed: {malformed.Message}"), []);
        }
        finally
        {
            if (body is not MediaBody.Read) foreach (var file in files) File.Delete(file.File);
        }
    }

    private async Task<MediaBody> ReadJsonAsync(PipeReader reader, CancellationToken cancel)
    {
        try
        {
            return await MediaBody.ReadAsync(reader, options, cancel);
        }
        finally
        {
            // Ends the writer if the body was rejected early.
            await reader.CompleteAsync();
        }
    }

    private async Task WriteAsync(MultipartReader parts, PipeWriter json, CancellationToken cancel)
    {
        var first = true;
        while (await ReceiveAsync(new ValueTask<MultipartSection?>(parts.ReadNextSectionAsync(cancel))) is { } part)
        {
            if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition)
                || HeaderUtilities.RemoveQuotes(disposition.Name) is not { Length: > 0 } name)
                throw new InvalidDataException("a part has no name");

            json.Write(first ? "{"u8 : ","u8);
            first = false;
            json.Write(JsonSerializer.SerializeToUtf8Bytes(name.ToString(), FormJson.Default.String));
            json.Write(":\""u8);
            if (disposition.IsFileDisposition())
            {
                if (await SaveAsync(part.Body, name.ToString(), cancel) is not { } token) return;
                json.Write(Encoding.ASCII.GetBytes(token));
            }
            else if (!await CopyTextAsync(part.Body, json, cancel))
            {
                return;
            }
            json.Write("\""u8);
        }
        json.Write(first ? "{}"u8 : "}"u8);
        await json.FlushAsync(cancel);
    }

    /// <summary>False: the body was rejected, and nothing more is read.</summary>
    private static async Task<bool> CopyTextAsync(Stream text, PipeWriter json, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            while (await ReceiveAsync(text.ReadAsync(buffer, cancel)) is var count and > 0)
            {
                WriteEscaped(buffer.AsSpan(0, count), json);
                if ((await json.FlushAsync(cancel)).IsCompleted) return false;
            }
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The multipart reader reports a missing boundary as the same exception as a broken disk.</summary>
    private static async ValueTask<T> ReceiveAsync<T>(ValueTask<T> read)
    {
        try
        {
            return await read;
        }
        catch (IOException cut) when (cut.GetType() == typeof(IOException))
        {
            throw new InvalidDataException("it ends before its closing boundary");
        }
    }

    private static void WriteEscaped(ReadOnlySpan<byte> text, PipeWriter json)
    {
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAny(Escaped);
            json.Write(plain < 0 ? text : text[..plain]);
            if (plain < 0) return;
            json.Write(Encoding.ASCII.GetBytes($"\\u{text[plain]:x4}"));
            text = text[(plain + 1)..];
        }
    }

    /// <returns>The token of the file; null if it was rejected.</returns>
    private async Task<string?> SaveAsync(Stream content, string name, CancellationToken cancel)
    {
        if (files.Count == options.MaxMedia)
        {
            rejected = new("too_large", name, $"{name} is one file too many; at most {options.MaxMedia} are allowed.");
            return null;
        }
        var token = $"{TokenPrefix}{files.Count}";
        var path = folder.NewFile(".part");
        // Listed before it is written, so that it is deleted however this ends.
        files.Add(new ReceivedMedia(name, name, token, path, 0, []));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0, useAsync: true);
            long bytes = 0;
            while (await ReceiveAsync(content.ReadAsync(buffer, cancel)) is var count and > 0)
            {
                if ((bytes += count) > options.MaxMediaBytes)
                {
                    rejected = new("too_large", name, $"{name} is larger than {options.MaxMediaBytes} bytes.");
                    return null;
                }
                hash.AppendData(buffer, 0, count);
                await file.WriteAsync(buffer.AsMemory(0, count), cancel);
            }
            files[^1] = files[^1] with { Bytes = bytes, Sha256 = hash.GetHashAndReset() };
            if (bytes > 0) return token;
            rejected = new("bad_base64", name, $"{name} is an empty file.");
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class FormJson : System.Text.Json.Serialization.JsonSerializerContext;
