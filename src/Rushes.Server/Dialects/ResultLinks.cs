using Rushes.Files;
using Rushes.Jobs;
using Rushes.Server.Settings;

namespace Rushes.Server.Dialects;

/// <summary>Links to finished videos for dialects that answer with one: signed anew each time, so asking again gives a fresh link.</summary>
internal sealed class ResultLinks(IFileStore files, GatewayOptions options)
{
    private readonly TimeSpan life = TimeSpan.FromHours(options.ResultLinkHours);

    /// <param name="job">Completed.</param>
    public string To(Job job, string origin) => files.Presign(HttpMethods.Get, job.ResultKey!, life, new Uri(origin)).AbsoluteUri;
}
