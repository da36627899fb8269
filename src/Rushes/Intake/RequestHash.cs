using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Rushes.Intake;

/// <summary>
/// A hash that is equal for equal requests: the same model, fields and callback. Media are compared by their content.
/// </summary>
internal static class RequestHash
{
    /// <summary>Every part is preceded by its length, so that no two different requests have the same bytes.</summary>
    public static byte[] Of(JobRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, Encoding.UTF8.GetBytes(request.Dialect));
        Add(hash, Encoding.UTF8.GetBytes(request.Model.Id));
        Add(hash, request.Binary ? "binary"u8 : "json"u8);
        Add(hash, request.Callback is { } callback ? Encoding.UTF8.GetBytes(callback.Url) : []);
        Add(hash, Encoding.UTF8.GetBytes(request.Timeout?.Sent ?? ""));
        Add(hash, Encoding.UTF8.GetBytes($"{request.Callback?.Events}"));
        foreach (var field in request.Fields.EnumerateObject())
        {
            Add(hash, Encoding.UTF8.GetBytes(field.Name));
            var sent = MediumOf(request, field.Value);
            Add(hash, sent is null ? "json"u8 : "medium"u8);
            Add(hash, sent is null ? JsonMarshal.GetRawUtf8Value(field.Value) : sent.Sha256);
        }
        return hash.GetHashAndReset();
    }

    private static ReceivedMedia? MediumOf(JobRequest request, JsonElement value) => value.ValueKind == JsonValueKind.String
        ? request.Media.FirstOrDefault(medium => value.ValueEquals(medium.Token))
        : null;

    private static void Add(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
