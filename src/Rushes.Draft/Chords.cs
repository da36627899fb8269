namespace Rushes.Draft;

/// <summary>Four slow chords with a plucked melody.</summary>
internal sealed class Chords
{
    private const double Length = 2.4;
    private readonly float[][] chords;
    private readonly double[] pluckStep = new double[8];

    public Chords(Dice dice)
    {
        var root = dice.Between(98, 147);
        int[][] progression = dice.Pick<int[][]>(
            [[0, 4, 7, 11], [9, 12, 16, 19], [5, 9, 12, 16], [7, 11, 14, 17]],
            [[0, 3, 7, 10], [8, 12, 15, 19], [3, 7, 10, 14], [10, 14, 17, 20]],
            [[0, 4, 7, 14], [-3, 0, 4, 7], [2, 5, 9, 12], [-5, 2, 7, 11]]);
        chords = [.. progression.Select(chord => chord.Select(step => root * MathF.Pow(2, step / 12f)).ToArray())];
        for (var i = 0; i < pluckStep.Length; i++) pluckStep[i] = dice.Below(4);
    }

    public void AddTo(ref float left, ref float right, double time)
    {
        var number = (int)(time / Length);
        var within = time - number * Length;
        Pad(ref left, ref right, chords[number % chords.Length], time, (float)Math.Min(1, within / 0.35));
        // The previous chord fades out under the new one.
        if (number > 0 && within < 0.7)
            Pad(ref left, ref right, chords[(number - 1) % chords.Length], time, (float)(1 - within / 0.7));

        var beat = Length / 8;
        var pluck = (int)(within / beat) % 8;
        var since = within - pluck * beat;
        var tone = chords[number % chords.Length][(int)pluckStep[pluck]] * 4;
        var fade = (float)(Math.Exp(-since * 7) * Math.Min(1, since * 400) * 0.045);
        var value = (float)Math.Sin(Math.Tau * tone * since) * fade;
        left += value * (pluck % 2 == 0 ? 1.3f : 0.7f);
        right += value * (pluck % 2 == 0 ? 0.7f : 1.3f);
    }

    private static void Pad(ref float left, ref float right, float[] chord, double time, float gain)
    {
        for (var i = 0; i < chord.Length; i++)
        {
            var (tone, detuned) = (chord[i], chord[i] * 1.004);
            left += gain * 0.032f * (Wave(time * tone) + 0.5f * Wave(time * detuned));
            right += gain * 0.032f * (0.5f * Wave(time * tone) + Wave(time * detuned));
        }
    }

    private static float Wave(double turns)
    {
        var angle = (float)((turns - Math.Floor(turns)) * Math.Tau);
        return MathF.Sin(angle) + 0.35f * MathF.Sin(2 * angle) + 0.12f * MathF.Sin(3 * angle);
    }
}
