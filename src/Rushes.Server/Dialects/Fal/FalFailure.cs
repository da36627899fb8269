using Rushes.Intake;
using Rushes.Jobs;

namespace Rushes.Server.Dialects.Fal;

/// <summary>Why a job has no video, as a fal error.</summary>
/// <param name="Status">The HTTP status of the result call. Never one that fal clients retry, because the job will not
/// change.</param>
/// <param name="Type">One of fal's request error types, or of its model error types if the input is invalid.</param>
internal sealed record FalFailure(int Status, string Type, string Message)
{
    /// <summary>nginx's status for a client that closed the request; fal uses it too.</summary>
    private const int ClientClosedRequest = 499;

    /// <summary>Whether the input is invalid; fal then reports the field.</summary>
    public bool IsInput => Status == StatusCodes.Status422UnprocessableEntity;

    /// <summary>Whether the job did not start or end within the time that the client set.</summary>
    public bool IsTimeout => Status == StatusCodes.Status504GatewayTimeout;

    /// <returns>Null for a job that did not fail.</returns>
    public static FalFailure? Of(JobView job) => job switch
    {
        JobView.Cancelled => new(ClientClosedRequest, "client_cancelled", "The request was cancelled."),
        JobView.Failed failed => Of(failed.Error),
        _ => null,
    };

    private static FalFailure Of(JobError error) => error.Code switch
    {
        "start_timeout" or "deadline_exceeded" => new(StatusCodes.Status504GatewayTimeout, "request_timeout", error.Message),
        "worker_lost" => new(StatusCodes.Status500InternalServerError, "runner_disconnected", error.Message),
        "engine_failed" or "bad_output" => new(StatusCodes.Status500InternalServerError, "runner_server_error", error.Message),
        "bad_input" => new(StatusCodes.Status422UnprocessableEntity, "value_error", error.Message),
        "unsafe" => new(StatusCodes.Status422UnprocessableEntity, "content_policy_violation", error.Message),
        _ => new(StatusCodes.Status500InternalServerError, "internal_error", error.Message),
    };
}
