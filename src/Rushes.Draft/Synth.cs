using System.Text;

namespace Rushes.Draft;

/// <summary>
/// The sound of a clip's motion: noise that follows it, a knock at each beat, a whoosh at each cut, and optional chords.
/// </summary>
internal sealed class Synth(Motion motion, string prompt, long seed, bool music)
{
    private const int Rate = 48_000;
    private readonly Dice dice = Dice.Of(prompt, seed, "sound");

    /// <summary>Writes a 16-bit stereo WAV of exactly this length.</summary>
    public async Task SaveAsync(string path, double seconds, CancellationToken cancel)
    {
        var samples = (long)Math.Round(seconds * Rate);
        await using var file = File.Create(path);
        await file.WriteAsync(Header(samples), cancel);

        var air = new Airflow(dice);
        var events = Events();
        var chords = music ? new Chords(dice) : null;
        var block = new byte[Rate / 10 * 4];
        for (long at = 0; at < samples;)
        {
            var count = (int)Math.Min(block.Length / 4, samples - at);
            for (var i = 0; i < count; i++)
            {
                var time = (at + i) / (double)Rate;
                var (left, right) = air.Next(motion.At(time));
                foreach (var sound in events) sound.AddTo(ref left, ref right, time);
                chords?.AddTo(ref left, ref right, time);
                // Both ends fade over 20 ms; loud parts are compressed rather than clipped.
                var gain = (float)Math.Min(1, Math.Min(time, seconds - time) * 50);
                Put(block, i * 4, left * gain);
                Put(block, i * 4 + 2, right * gain);
            }
            await file.WriteAsync(block.AsMemory(0, count * 4), cancel);
            at += count;
            events.RemoveAll(sound => sound.Ended(at / (double)Rate));
        }
    }

    private List<Hit> Events()
    {
        var events = new List<Hit>();
        var pitch = dice.Between(160, 420);
        var ring = dice.Between(0.06f, 0.22f);
        foreach (var (at, strength) in motion.Beats)
            events.Add(
                new Hit(at, 0.1f + 0.22f * strength, pitch * dice.Between(0.85f, 1.18f), ring, dice.Between(0.3f, 0.7f),
                    Rush: false, (uint)dice.Below(1 << 20) + 1));
        foreach (var at in motion.Cuts)
            events.Add(
                new Hit(at, 0.5f, dice.Between(52, 70), 0.35f, dice.Between(0.4f, 0.6f), Rush: true,
                    (uint)dice.Below(1 << 20) + 1));
        return events;
    }

    private static void Put(byte[] block, int at, float value) =>
        BitConverter.TryWriteBytes(block.AsSpan(at), (short)(MathF.Tanh(value) * 0.89f * short.MaxValue));

    private static byte[] Header(long samples)
    {
        var header = new MemoryStream();
        using var writer = new BinaryWriter(header, Encoding.ASCII);
        var bytes = (uint)(samples * 4);
        writer.Write("RIFF"u8);
        writer.Write(36 + bytes);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)2);
        writer.Write(Rate);
        writer.Write(Rate * 4);
        writer.Write((short)4);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(bytes);
        writer.Flush();
        return header.ToArray();
    }

    /// <summary>Noise through a filter that opens with the motion and slowly swells.</summary>
    private sealed class Airflow(Dice dice)
    {
        private readonly float tone = dice.Between(220, 420);
        private readonly float swell = dice.Between(0.12f, 0.3f);
        private uint noise = (uint)dice.Below(1 << 24) | 1;
        private float level, phase, left1, left2, right1, right2;

        public (float Left, float Right) Next(float moving)
        {
            level += (moving - level) * 0.0004f;
            phase += swell / Rate;
            var wave = 0.75f + 0.25f * MathF.Sin(phase * MathF.Tau);
            var open = 1 - MathF.Exp(-MathF.Tau * (tone + 2600 * level * level) / Rate);
            var gain = (0.42f + 0.5f * level) * wave;
            left1 += (White(ref noise) - left1) * open;
            left2 += (left1 - left2) * open;
            right1 += (White(ref noise) - right1) * open;
            right2 += (right1 - right2) * open;
            return (left2 * gain * 1.6f, right2 * gain * 1.6f);
        }
    }

    /// <summary>A knock; at a cut, a whoosh that ends in a low thump.</summary>
    private sealed record Hit(double At, float Gain, float Pitch, float Ring, float Pan, bool Rush, uint Seed)
    {
        private uint noise = Seed;
        private float band;

        public bool Ended(double time) => time > At + Ring * 8;

        public void AddTo(ref float left, ref float right, double time)
        {
            var since = (float)(time - At);
            var value = 0f;
            if (Rush && since is > -0.3f and < 0.25f)
            {
                var swell = since < 0 ? MathF.Pow(1 + since / 0.3f, 2) : 1 - since / 0.25f;
                band += (White(ref noise) - band) * (0.06f + 0.3f * swell);
                value += band * swell * 0.5f;
            }
            if (since > 0 && since < Ring * 8)
            {
                var fade = MathF.Exp(-since / Ring);
                value += MathF.Sin(MathF.Tau * Pitch * since * (1 + 0.4f * MathF.Exp(-since * 30))) * fade
                    + 0.4f * MathF.Sin(MathF.Tau * Pitch * 2.76f * since) * fade * fade
                    + White(ref noise) * 0.5f * MathF.Exp(-since * 160);
            }
            left += value * Gain * (1 - Pan);
            right += value * Gain * Pan;
        }
    }

    private static float White(ref uint state)
    {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        return state / (float)uint.MaxValue * 2 - 1;
    }
}
