using Rushes.Intake;

namespace Rushes.Server.JobResponses;

/// <summary>Creates a job, or previews it if the client asks for a dry run.</summary>
internal static class JobCreation
{
    /// <param name="model">The model as the client named it.</param>
    /// <param name="accepted">The response to a new job.</param>
    /// <param name="rejected">The error response.</param>
    public static async Task<IResult> AnswerAsync(
        this JobIntake intake, HttpContext http, JobRequest request, string model,
        Func<SubmitResult.Accepted, Task<IResult>> accepted,
        Func<HttpContext, Problem, IResult> rejected, CancellationToken cancel)
    {
        if (DryRunAnswer.IsAsked(http.Request))
            return (await intake.DryRunAsync(request, cancel)).Match(
                ready => DryRunAnswer.Of(ready.DryRun, model).ToResult(),
                problem => rejected(http, problem.Problem));
        return await (await intake.SubmitAsync(request, cancel)).Match(
            accepted,
            problem => Task.FromResult(rejected(http, problem.Problem)));
    }
}
