using Rushes.Jobs;

namespace Rushes.Database.Shared;

/// <summary>
/// Models, lanes and formats that recur from row to row, read and kept once: a start reads a million rows.
/// </summary>
internal sealed class RecurringValues
{
    private readonly Recent<string> texts = new(System.Text.Encoding.UTF8.GetString);
    private readonly Recent<VideoFormat> renders = new(static plan => PlanText.Read(plan).Render);

    public string Text(ReadOnlySpan<byte> utf8) => texts.Of(utf8);

    public VideoFormat Render(ReadOnlySpan<byte> plan) => renders.Of(plan);

    private delegate T Reader<T>(ReadOnlySpan<byte> bytes);

    /// <summary>The last values by the hash of their bytes.</summary>
    private sealed class Recent<T>(Reader<T> read)
    {
        private const int Size = 256;

        private readonly (byte[]? Bytes, T Value)[] slots = new (byte[]?, T)[Size];

        public T Of(ReadOnlySpan<byte> bytes)
        {
            var hash = new HashCode();
            hash.AddBytes(bytes);
            ref var slot = ref slots[(uint)hash.ToHashCode() % Size];
            if (slot.Bytes is not { } known || !bytes.SequenceEqual(known)) slot = (bytes.ToArray(), read(bytes));
            return slot.Value;
        }
    }
}
