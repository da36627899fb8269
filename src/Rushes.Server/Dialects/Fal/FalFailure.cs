using Rushes.Jobs;

namespace Rushes.Server.Dialects.Fal;

/// <summary>Why a job has no video, in fal's words.</summary>
/// <param name="Status">What its result answers. Never one that fal's clients try again: the job will not change.</param>
/// <param name="Type">For programs: one of fal's request errors, or of its model errors where the input is at fault.</param>
internal sealed record FalFailure(int Status, string Type, string Message)
{
    /// <summary>Nginx's word for a client that gave up, which fal uses too.</summary>
    private const int ClientClosedRequest = 499;

    /// <summary>The input is at fault: fal then says which field.</summary>
    public bool IsInput => Status == StatusCodes.Status422UnprocessableEntity;

    /// <summary>It did not start within the time its own client set.</summary>
    public bool IsStartTimeout => Status == StatusCodes.Status504GatewayTimeout;

    /// <summary>Null for a job that did not fail.</summary>
    public static FalFailure? Of(Job job) => job.State switch
    {
        JobState.Cancelled => new(ClientClosedRequest, "client_cancelled", "The request was cancelled."),
        JobState.Failed => Of(job.Error!),
        _ => null,
    };

    private static FalFailure Of(JobError error) => error.Code switch
    {
        "start_timeout" => new(StatusCodes.Status504GatewayTimeout, "request_timeout", error.Message),
        "worker_lost" => new(StatusCodes.Status500InternalServerError, "runner_disconnected", error.Message),
        "engine_failed" or "bad_output" => new(StatusCodes.Status500InternalServerError, "runner_server_error", error.Message),
        "bad_input" => new(StatusCodes.Status422UnprocessableEntity, "value_error", error.Message),
        "unsafe" => new(StatusCodes.Status422UnprocessableEntity, "content_policy_violation", error.Message),
        _ => new(StatusCodes.Status500InternalServerError, "internal_error", error.Message),
    };
}
