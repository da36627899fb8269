using Rushes.Files;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Settings;

namespace Rushes.Server.JobResponses;

/// <summary>Signed download URLs of results, and of drafts in every dialect. Each call returns a new URL.</summary>
internal sealed class ResultLinks(IFileStore files, GatewayOptions options)
{
    private readonly TimeSpan life = TimeSpan.FromHours(options.ResultLinkHours);

    /// <summary>The <c>draft_error</c> of a status.</summary>
    public const string NoDraft = "The draft could not be made. The job continues without it.";

    /// <returns>Null if there is no draft, or not yet.</returns>
    public string? ToDraft(JobDraft draft, string origin) => draft.Key is { } key ? Link(key, origin) : null;

    public string To(JobView.Completed job, string origin) => Link(job.ResultKey, origin);

    private string Link(string key, string origin) => files.Presign(HttpMethods.Get, key, life, new Uri(origin)).AbsoluteUri;
}
