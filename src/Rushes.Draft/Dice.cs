using System.Security.Cryptography;
using System.Text;

namespace Rushes.Draft;

/// <summary>
/// A random number generator that returns the same numbers for the same job on every machine and in every version
/// (SplitMix64).
/// </summary>
internal sealed class Dice(ulong state)
{
    /// <summary>Seeded with a text and a seed; <paramref name="purpose"/> keeps parts of a job independent.</summary>
    public static Dice Of(string text, long seed, string purpose)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{purpose}\n{seed}\n{text}"));
        return new Dice(BitConverter.ToUInt64(hash));
    }

    /// <summary>From 0, less than 1.</summary>
    public float Next()
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 40) / (float)(1 << 24);
    }

    public float Between(float low, float high) => low + (high - low) * Next();

    public int Below(int count) => (int)(Next() * count);

    public bool Chance(float likelihood) => Next() < likelihood;

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];
}
