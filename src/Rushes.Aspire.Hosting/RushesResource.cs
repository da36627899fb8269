using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Rushes.Aspire.Hosting;

/// <summary>A Rushes gateway: the program <c>rushes serve</c>.</summary>
/// <param name="name">The name of the resource.</param>
/// <param name="program">The program, on the PATH or as a path.</param>
/// <param name="folder">The folder in which the program is started.</param>
/// <param name="apiKey">The key of the first account.</param>
public sealed class RushesResource(string name, string program, string folder, ParameterResource apiKey)
    : ExecutableResource(name, program, folder), IResourceWithServiceDiscovery
{
    internal const string HttpEndpoint = "http";

    /// <summary>The API key of the first account, which may do everything.</summary>
    public ParameterResource ApiKey => apiKey;

    /// <summary>The gateway's address.</summary>
    public EndpointReference Endpoint => field ??= new EndpointReference(this, HttpEndpoint);
}

/// <summary>A Rushes worker: the program <c>rushes worker</c>, which runs jobs of a gateway.</summary>
/// <param name="name">The name of the resource.</param>
/// <param name="gateway">The gateway whose jobs it runs.</param>
public sealed class RushesWorkerResource(string name, RushesResource gateway)
    : ExecutableResource(name, gateway.Command, gateway.WorkingDirectory)
{
    /// <summary>The gateway whose jobs it runs.</summary>
    public RushesResource Gateway => gateway;
}
