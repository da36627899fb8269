using Rushes.Files;
using Rushes.Jobs;
using Rushes.Server.Settings;

namespace Rushes.Server.Dialects;

/// <summary>Links to finished videos for dialects that answer with one: signed anew each time, so asking again gives a fresh link.
/// Drafts have such a link in every dialect.</summary>
internal sealed class ResultLinks(IFileStore files, GatewayOptions options)
{
    private readonly TimeSpan life = TimeSpan.FromHours(options.ResultLinkHours);

    /// <summary>What a draft that could not be made leaves in a status.</summary>
    public const string NoDraft = "No draft could be made of this request; the request itself goes on.";

    /// <summary>Null: there is no draft, or not yet.</summary>
    public string? ToDraft(JobDraft draft, string origin) => draft.Key is { } key ? Link(key, origin) : null;

    /// <param name="job">Completed.</param>
    public string To(Job job, string origin) => Link(job.ResultKey!, origin);

    private string Link(string key, string origin) => files.Presign(HttpMethods.Get, key, life, new Uri(origin)).AbsoluteUri;
}
