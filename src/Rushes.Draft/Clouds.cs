namespace Rushes.Draft;

/// <summary>A tileable square of soft noise; values from 0 to 1.</summary>
internal sealed class Clouds
{
    private const int Side = 256;
    private readonly float[] values = new float[Side * Side];

    public Clouds(Dice dice)
    {
        var total = 0f;
        for (var (cells, weight) = (4, 1f); cells <= 128; cells *= 2, weight *= 0.52f)
        {
            Add(cells, weight, dice);
            total += weight;
        }
        for (var i = 0; i < values.Length; i++) values[i] /= total;
    }

    /// <summary>The value at a point; one unit is the whole square.</summary>
    public float At(float x, float y)
    {
        var (left, top) = (x * Side, y * Side);
        var (column, row) = (MathF.Floor(left), MathF.Floor(top));
        var (u, v) = (left - column, top - row);
        var (c0, r0) = ((int)column & (Side - 1), ((int)row & (Side - 1)) * Side);
        var (c1, r1) = ((c0 + 1) & (Side - 1), (r0 + Side) & (Side * Side - 1));
        var above = values[r0 + c0] + (values[r0 + c1] - values[r0 + c0]) * u;
        var below = values[r1 + c0] + (values[r1 + c1] - values[r1 + c0]) * u;
        return above + (below - above) * v;
    }

    private void Add(int cells, float weight, Dice dice)
    {
        var corners = new float[cells * cells];
        for (var i = 0; i < corners.Length; i++) corners[i] = dice.Next();
        for (var y = 0; y < Side; y++)
        {
            var (row, v) = Cell(y, cells);
            var next = (row + 1) % cells;
            for (var x = 0; x < Side; x++)
            {
                var (column, u) = Cell(x, cells);
                var right = (column + 1) % cells;
                var above = corners[row * cells + column] + (corners[row * cells + right] - corners[row * cells + column]) * u;
                var below = corners[next * cells + column] + (corners[next * cells + right] - corners[next * cells + column]) * u;
                values[y * Side + x] += (above + (below - above) * v) * weight;
            }
        }
    }

    private static (int Cell, float Within) Cell(int pixel, int cells)
    {
        var at = pixel * cells / (float)Side;
        var cell = (int)at;
        var t = at - cell;
        return (cell, t * t * (3 - 2 * t));
    }
}
