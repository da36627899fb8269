using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Rushes.Aspire.Hosting;

/// <summary>Adds Rushes to an app host. The program <c>rushes</c> must be installed on the machine.</summary>
public static class RushesHosting
{
    private const string Key = "RUSHES_API_KEY";

    private const string Url = "RUSHES_URL";

    /// <summary>Adds a gateway with one built-in worker, SQLite and the draft engine.</summary>
    /// <param name="builder">The app host.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="port">The port of the gateway. Null: any free one.</param>
    /// <param name="apiKey">The key of the first account. Null: one is generated.</param>
    /// <param name="program">The program, on the PATH or as a path.</param>
    public static IResourceBuilder<RushesResource> AddRushes(
        this IDistributedApplicationBuilder builder, string name, int? port = null,
        IResourceBuilder<ParameterResource>? apiKey = null, string program = "rushes")
    {
        var key = apiKey?.Resource
            ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-api-key", special: false);
        var gateway = builder.AddResource(new RushesResource(name, program, builder.AppHostDirectory, key));
        return gateway
            .WithArgs("serve")
            .WithHttpEndpoint(port: port, name: RushesResource.HttpEndpoint)
            .WithHttpHealthCheck("/health/ready", endpointName: RushesResource.HttpEndpoint)
            .WithEnvironment(
                "RUSHES_URLS",
                ReferenceExpression.Create($"http://127.0.0.1:{gateway.Resource.Endpoint.Property(EndpointProperty.TargetPort)}"))
            .WithEnvironment(context => context.EnvironmentVariables[Key] = key)
            .WithData($"{builder.AppHostDirectory}/data/{name}");
    }

    /// <summary>Sets the number of jobs that the gateway itself runs at once, 0 to 64.</summary>
    public static IResourceBuilder<RushesResource> WithWorkers(this IResourceBuilder<RushesResource> gateway, int workers)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(workers);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workers, 64);
        return gateway.WithEnvironment("RUSHES_WORKERS", workers.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Sets the program that generates the videos, such as <c>comfyui=http://127.0.0.1:8188</c>.</summary>
    public static IResourceBuilder<RushesResource> WithEngine(this IResourceBuilder<RushesResource> gateway, string engine) =>
        gateway.WithEnvironment("RUSHES_ENGINE", engine);

    /// <summary>Sets the folder for the files and, without <c>WithDatabase</c>, the database.</summary>
    public static IResourceBuilder<RushesResource> WithData(this IResourceBuilder<RushesResource> gateway, string folder) =>
        gateway.WithEnvironment("RUSHES_DATA", folder);

    /// <summary>Keeps jobs and accounts in PostgreSQL; the gateway starts when the database is ready.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="database">The resource to wait for.</param>
    /// <param name="url"><c>postgresql://user:password@host/database</c>: the <c>UriExpression</c> of the database.</param>
    public static IResourceBuilder<RushesResource> WithDatabase(
        this IResourceBuilder<RushesResource> gateway, IResourceBuilder<IResource> database, ReferenceExpression url) =>
        gateway.WithEnvironment("RUSHES_DATABASE", url).WaitFor(database);

    /// <summary>Adds a worker, a process of its own that runs jobs of the gateway.</summary>
    /// <param name="builder">The app host.</param>
    /// <param name="name">The name of the resource and of the worker.</param>
    /// <param name="gateway">The gateway whose jobs it runs.</param>
    /// <param name="engine">The program that generates the videos, such as <c>comfyui=http://127.0.0.1:8188</c>.</param>
    public static IResourceBuilder<RushesWorkerResource> AddRushesWorker(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<RushesResource> gateway,
        string engine = "draft") =>
        builder.AddResource(new RushesWorkerResource(name, gateway.Resource))
            .WithArgs("worker", "--name", name, "--engine", engine)
            .WithRushes(gateway);

    /// <summary>
    /// Gives a project or program the gateway's address and key, as <c>RUSHES_URL</c> and <c>RUSHES_API_KEY</c>; it starts when
    /// the gateway is ready.
    /// </summary>
    public static IResourceBuilder<T> WithRushes<T>(this IResourceBuilder<T> program, IResourceBuilder<RushesResource> gateway)
        where T : IResourceWithEnvironment, IResourceWithWaitSupport => program
            .WithEnvironment(Url, gateway.Resource.Endpoint)
            .WithEnvironment(context => context.EnvironmentVariables[Key] = gateway.Resource.ApiKey)
            .WaitFor(gateway);
}
