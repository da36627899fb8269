using System.Text.Json;
using Rushes.Catalog;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.Kie;

/// <summary>Converts jobs to kie's format, for <c>recordInfo</c> and for callbacks.</summary>
/// <param name="fiveStates">Use <c>queuing</c> and <c>generating</c> instead of <c>waiting</c>.</param>
internal sealed class KieMap(ModelCatalog catalog, JobIds ids, ResultLinks links, bool fiveStates)
{
    public const string Dialect = "kie";

    /// <param name="origin">The base of download URLs.</param>
    public KieAnswer<KieRecord> Record(Job job, string origin)
    {
        var (model, param) = Request(job);
        return new(new KieRecord
        {
            TaskId = ids.ToHex(job.Id),
            Model = model,
            State = StateOf(job.State),
            Param = param,
            ResultJson = JobView.Of(job) is JobView.Completed done ? Result(links.To(done, origin)) : null,
            FailCode = FailCodeOf(job),
            FailMsg = job.State == JobState.Cancelled ? "Cancelled on request" : job.Error?.Message,
            CostTime = job.EndedAt is { } ended ? (long)(ended - job.CreatedAt).TotalMilliseconds : null,
            CompleteTime = job.EndedAt?.ToUnixTimeMilliseconds(),
            CreateTime = job.CreatedAt.ToUnixTimeMilliseconds(),
            DraftUrl = links.ToDraft(job.Draft, origin),
            DraftError = job.Draft.State == DraftState.Failed ? ResultLinks.NoDraft : null,
            AwaitingApproval = job.State == JobState.Awaiting,
        });
    }

    private string StateOf(JobState state) => state switch
    {
        JobState.Completed => "success",
        JobState.Failed or JobState.Cancelled => "fail",
        _ when !fiveStates => "waiting",
        JobState.Running => "generating",
        _ => "queuing",
    };

    private (string Model, string Param) Request(Job job)
    {
        if (job is { Dialect: Dialect, Echo: { } echo })
        {
            using var request = JsonDocument.Parse(echo);
            return (request.RootElement.GetProperty("model").GetString()!, echo);
        }
        var listing = catalog.Listings.FirstOrDefault(known => known.Dialect == Dialect && known.Model.Id == job.Model);
        var model = listing?.Id ?? job.Model;
        return (model, KieParam.Of(job, model, listing));
    }

    private static string Result(string link) => JsonSerializer.Serialize(new KieResult([link]), KieWire.Json.KieResult);

    private static string? FailCodeOf(Job job) => job switch
    {
        { State: JobState.Cancelled } => "499",
        { Error.Code: "unsafe_input" } => "451",
        { Error.Code: "start_timeout" or "approval_timeout" or "deadline_exceeded" } => "408",
        { Error.Code: "engine_failed" or "bad_output" } => "501",
        { Error: not null } => "500",
        _ => null,
    };
}
