namespace Rushes.Server.Hosting;

internal static class ServiceProviderExtensions
{
    /// <summary>Creates an object whose constructor takes services and, in any position, the given values.</summary>
    public static T Make<T>(this IServiceProvider provider, params object[] values) =>
        ActivatorUtilities.CreateInstance<T>(provider, values);
}
