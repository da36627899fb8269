using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Intake;

/// <summary>
/// Finds jobs by words of their prompts. There is no index of words, because it would slow down creating jobs; instead, one
/// page examines a limited number of jobs, in the order of the list.
/// </summary>
public sealed class PromptSearch(IJobLists lists)
{
    public const int MaxLength = 200;

    /// <summary>The maximum number of jobs that one page examines.</summary>
    public const int MaxJobs = 1000;

    private const int AtOnce = 200;

    /// <summary>The words of a search; none if the text is empty.</summary>
    public static IReadOnlyList<string> WordsOf(string? text) =>
        (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Jobs whose prompts contain all words, also within longer words, in any case.</summary>
    /// <inheritdoc cref="IJobLists.ReadJobsAsync"/>
    public async Task<JobPage> FindAsync(JobFilter filter, IReadOnlyList<string> words, CancellationToken cancel)
    {
        var found = new List<Job>();
        long? reached = null;
        for (var examined = 0; examined < MaxJobs; examined += AtOnce)
        {
            var page = await lists.ReadJobsAsync(After(filter, reached) with { Limit = AtOnce }, cancel);
            foreach (var job in page.Jobs)
            {
                if (!Matches(job, words)) continue;
                found.Add(job);
                if (found.Count == filter.Limit) return new JobPage(found, job.Id);
            }
            if (page.Next is null) return new JobPage(found, null);
            reached = page.Next;
        }
        return new JobPage(found, reached);
    }

    private static JobFilter After(JobFilter filter, long? reached) =>
        reached is null ? filter : filter.OldestFirst ? filter with { After = reached } : filter with { Before = reached };

    private static bool Matches(Job job, IReadOnlyList<string> words)
    {
        var prompt = JobInput.Parse(job.Input).Prompt;
        return words.All(word => prompt.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
