namespace Rushes.Draft;

/// <summary>
/// A camera move over a still image for ffmpeg's <c>perspective</c> filter. Unlike <c>zoompan</c> it moves by fractions of a
/// pixel, so that slow moves do not shake.
/// </summary>
/// <param name="Zoom">Start and end; 1 shows the whole image.</param>
/// <param name="X">Within the space that the zoom leaves, from -1 (left) to 1.</param>
/// <param name="Y">Likewise, from -1 (top) to 1.</param>
/// <param name="Turn">How much nearer one side comes than the other, as a share of the height.</param>
internal sealed record Camera(
    (double From, double To) Zoom, (double From, double To) X, (double From, double To) Y, (double From, double To) Turn)
{
    private static readonly (double, double) Still = (0, 0);

    /// <summary>The move that the prompt names, or a random one that depends on the seed.</summary>
    public static Camera Read(string prompt, Dice dice)
    {
        var move = Named(prompt, dice);
        var (near, across) = (dice.Between(0.98f, 1.02f), dice.Between(0.85f, 1));
        return move with
        {
            Zoom = (Math.Max(1.02, move.Zoom.From * near), Math.Max(1.02, move.Zoom.To * near)),
            X = (move.X.From * across, move.X.To * across),
            Y = (move.Y.From * across, move.Y.To * across),
        };
    }

    private static Camera Named(string prompt, Dice dice)
    {
        bool Says(params ReadOnlySpan<string> phrases)
        {
            foreach (var phrase in phrases)
                if (prompt.Contains(phrase, StringComparison.OrdinalIgnoreCase)) return true;
            return false;
        }

        if (Says("zoom out", "zooms out", "zooming out", "pull back", "pulls back", "dolly out", "pull out")) return Out;
        if (Says("zoom", "push in", "pushes in", "dolly in", "closer", "close-up")) return In;
        if (Says("pan left", "pans left", "panning left", "moves left", "to the left")) return Left;
        if (Says("pan right", "pans right", "panning right", "moves right", "to the right", "pan across")) return Right;
        if (Says("tilt up", "tilts up", "pan up", "crane up", "upward", "rises")) return Up;
        if (Says("tilt down", "tilts down", "pan down", "crane down", "downward")) return Down;
        if (Says("orbit", "around", "rotate", "arc", "spin", "turns")) return dice.Pick(Orbit, Orbit.Mirrored());
        return dice.Pick(In, Out, Orbit, Orbit.Mirrored(), Right, Left);
    }

    /// <summary>Starts with the whole image and moves closer.</summary>
    public static Camera FromWhole(double nearest) => new((1, nearest), Still, Still, Still);

    /// <summary>Ends with the whole image.</summary>
    public static Camera ToWhole(double nearest) => new((nearest, 1), Still, Still, Still);

    private static Camera In { get; } = new((1.03, 1.22), Still, (0, -0.3), Still);

    private static Camera Out { get; } = new((1.24, 1.03), Still, (-0.3, 0), Still);

    private static Camera Left { get; } = new((1.2, 1.17), (0.95, -0.95), Still, (0.008, -0.008));

    private static Camera Right { get; } = Left.Mirrored();

    private static Camera Up { get; } = new((1.2, 1.17), Still, (0.95, -0.95), Still);

    private static Camera Down { get; } = new((1.17, 1.2), Still, (-0.95, 0.95), Still);

    private static Camera Orbit { get; } = new((1.12, 1.17), (-0.7, 0.7), (0.1, -0.1), (-0.028, 0.028));

    /// <summary>The filter; <paramref name="progress"/> is an expression that runs from 0 to 1.</summary>
    public string Filter(string progress)
    {
        var e = $"({progress})";
        var half = $"(0.5/({Along(Zoom, e)}))";
        // The center can move within what the zoom and the slant leave at each side.
        var x = $"(0.5+({Along(X, e)})*(0.5-{half}))";
        var y = $"(0.5+({Along(Y, e)})*(0.5-{half})*0.8)";
        return Quad(x, y, half, $"({Along(Turn, e)})", "0");
    }

    /// <param name="x">The center, as expressions in shares of the image; likewise <paramref name="y"/>.</param>
    /// <param name="half">Half the side of the visible part.</param>
    /// <param name="turn">Slant of the sides; positive: the left one is nearer.</param>
    /// <param name="nod">Slant of the upper edge; positive: it is nearer.</param>
    public static string Quad(string x, string y, string half, string turn, string nod) =>
        $"perspective=eval=frame:interpolation=linear:x0='W*({x}-{half}+{nod})':y0='H*({y}-{half}+{turn})':"
        + $"x1='W*({x}+{half}-{nod})':y1='H*({y}-{half}-{turn})':x2='W*({x}-{half})':y2='H*({y}+{half}-{turn})':"
        + $"x3='W*({x}+{half})':y3='H*({y}+{half}+{turn})'";

    /// <summary>From 0 to 1 over the frames, slow at both ends. The filter counts from <see cref="FirstFrame"/>.</summary>
    public static string Eased(int frames)
    {
        var t = $"(clip((on-{FirstFrame})/{Math.Max(1, frames - 1)},0,1))";
        return $"(0.35*{t}+0.65*{t}*{t}*(3-2*{t}))";
    }

    public const int FirstFrame = 1;

    private Camera Mirrored() => this with { X = (-X.From, -X.To), Turn = (-Turn.From, -Turn.To) };

    private static string Along((double From, double To) range, string progress) =>
        FormattableString.Invariant($"{range.From}+({range.To - range.From:0.######})*{progress}");
}
