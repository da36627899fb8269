using Rushes.Catalog;
using Rushes.Database;
using Rushes.Files;
using Rushes.Jobs;
using Rushes.Media;

namespace Rushes.Intake;

/// <summary>The dialects' only door to new jobs: holds a request against the catalog, stores its media, and queues it.</summary>
public sealed class JobIntake(ModelCatalog catalog, IDatabase database, IFileStore files, TimeProvider clock)
{
    private readonly Planner planner = new(catalog.Limits);
    private readonly MediaLimits mediaLimits = new() { Pixels = catalog.Limits.MediaPixels, Seconds = catalog.Limits.MediaSeconds };

    /// <summary>Accepted means on disk; refused means that nothing was stored or queued.</summary>
    public async Task<SubmitResult> SubmitAsync(JobRequest request, CancellationToken cancel)
    {
        if (FieldRules.Check(request.Model.Family, request.Fields) is { } problem) return new SubmitResult.Refused(problem);

        var (bad, media) = await InspectAsync(request, cancel);
        if (bad is not null) return new SubmitResult.Refused(bad);

        var facts = media.ToDictionary(found => found.Received.Name, found => found.Facts);
        var planned = planner.Plan(request.Model, request.Fields, facts);
        if (planned is not Planned.Ready ready) return new SubmitResult.Refused(((Planned.Refused)planned).Problem);

        // Nothing can be refused any more: now the media are stored, and then the job.
        var stored = await StoreAsync(request, media, cancel);
        var id = await database.SubmitAsync(new NewJob
        {
            Account = request.Account,
            Model = request.Model.Id,
            Lane = request.Model.Lane,
            Tier = request.Model.Tier.Rank,
            Priority = (int)(FieldRules.Number(request.Model.Family, request.Fields, "priority") ?? 0),
            Input = InputWriter.Write(request.Fields, stored, Seed(request)),
            Plan = ready.Plan,
            Work = ready.Work,
            Binary = request.Binary,
            CreatedAt = clock.GetUtcNow(),
        }, cancel);
        return new SubmitResult.Accepted(id);
    }

    private async Task<(Problem? Problem, List<Inspected> Media)> InspectAsync(JobRequest request, CancellationToken cancel)
    {
        var inspected = new List<Inspected>();
        foreach (var parameter in request.Model.Family.Parameters)
        {
            if (parameter.Type != ParameterType.Media || !FieldRules.TryGet(request.Fields, parameter.Name, out var value)) continue;
            if (request.Media.FirstOrDefault(received => received.Token == value.GetString()) is null)
                return (new Problem(ProblemKind.BadMedia, $"{parameter.Name} is a link; send the file as base64 or as a data: URI", parameter.Name), inspected);
        }
        foreach (var received in request.Media)
        {
            var allowed = request.Model.Family.Parameter(received.Name)?.Media is { Count: > 0 } kinds ? kinds : Enum.GetValues<MediaKind>();
            switch (await Inspection.InspectAsync(received.File, allowed, mediaLimits, cancel))
            {
                case InspectionResult.Refused refused:
                    return (new Problem(ProblemKind.BadMedia, $"{received.Name} {refused.Reason}", received.Name), inspected);
                case InspectionResult.Accepted accepted:
                    inspected.Add(new Inspected(received, accepted.Facts));
                    break;
            }
        }
        return (null, inspected);
    }

    private async Task<Dictionary<string, FileUri>> StoreAsync(JobRequest request, List<Inspected> media, CancellationToken cancel)
    {
        var stored = new Dictionary<string, FileUri>();
        foreach (var (received, facts) in media)
        {
            var key = $"inputs/a{request.Account}/{clock.GetUtcNow():yyyyMMdd}/{Guid.NewGuid():n}{facts.Type.Extension}";
            await files.PutAsync(key, received.File, facts.Type.ContentType, cancel);
            stored[received.Name] = new FileUri(files.Bucket, key);
        }
        return stored;
    }

    private static long Seed(JobRequest request) =>
        FieldRules.Number(request.Model.Family, request.Fields, "seed") is { } seed and >= 0 ? (long)seed : Random.Shared.Next();

    private sealed record Inspected(ReceivedMedia Received, MediaFacts Facts);
}
