namespace Rushes.Catalog;

/// <summary>Run times and prices in the catalog are for videos of five seconds.</summary>
public static class Period
{
    public const double Seconds = 5;

    /// <summary>The expected run time in seconds until runs have completed.</summary>
    /// <param name="seconds">The length of the video.</param>
    public static double RunTime(this Family family, int resolution, double seconds) =>
        family.RunSeconds[family.HeightClass(resolution)] * seconds / Seconds;
}
