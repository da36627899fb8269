using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Rushes.Accounts;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Retention;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.Mcp;

/// <summary>
/// The tasks extension: for clients that declare it, a request for a video is a task, and the approval of its draft is its input.
/// </summary>
internal sealed class McpTasks(
    McpVideos videos, JobDesk desk, JobIds ids, ResultLinks links, KeepRules keep, Origin origin, IHttpContextAccessor requests)
{
    public const string Extension = "io.modelcontextprotocol/tasks";

    private const string Approval = "approve_draft";

    /// <summary>Clients declare what they support with every request.</summary>
    public static bool IsDeclared(JsonRpcRequest request) => CapabilitiesOf(request)?["extensions"]?[Extension] is JsonObject;

    /// <summary>The response to the call that created a job.</summary>
    public async Task<McpTask> CreatedAsync(long id, JsonRpcRequest request, CancellationToken cancel)
    {
        var account = requests.HttpContext!.Caller().Account;
        return await desk.ReadAsync(id, account, null, cancel) is { } job
            ? await OfAsync(job, "task", request, cancel)
            : throw new InvalidOperationException($"job {id} was created and is gone");
    }

    public async ValueTask<JsonNode?> GetAsync(JsonNode? sent, JsonRpcRequest request, CancellationToken cancel)
    {
        var job = await FindAsync(sent, Scopes.Read, cancel);
        return JsonSerializer.SerializeToNode(await OfAsync(job, "complete", request, cancel), McpWire.Json.McpTask);
    }

    /// <summary>Cancels the job, also while it runs.</summary>
    public async ValueTask<JsonNode?> CancelAsync(JsonNode? sent, CancellationToken cancel)
    {
        var job = await FindAsync(sent, Scopes.Submit, cancel);
        await desk.CancelAsync(job.Id, job.Account, null, force: true, cancel);
        return Acknowledgement();
    }

    /// <summary>Takes the response to the question whether a draft is approved.</summary>
    public async ValueTask<JsonNode?> UpdateAsync(JsonNode? sent, CancellationToken cancel)
    {
        var job = await FindAsync(sent, Scopes.Submit, cancel);
        if ((sent as JsonObject)?["inputResponses"] is not JsonObject responses)
            throw new McpProtocolException("inputResponses is missing; send an object.", McpErrorCode.InvalidParams);
        if (responses[Approval] is not JsonObject response) return Acknowledgement();
        switch (Text(response, "action"))
        {
            case "accept" when response["content"] is JsonObject content && content["approve"] is JsonValue approve
                && approve.TryGetValue(out bool approved) && approved:
                await desk.ApproveAsync(job.Id, job.Account, null, cancel);
                break;
            case "accept" or "decline":
                await desk.CancelAsync(job.Id, job.Account, null, force: false, cancel);
                break;
        }
        return Acknowledgement();
    }

    private static JsonObject Acknowledgement() => new() { ["resultType"] = "complete" };

    private static JsonObject? CapabilitiesOf(JsonRpcRequest request) =>
        ((request.Params as JsonObject)?["_meta"] as JsonObject)?[MetaKeys.ClientCapabilities] as JsonObject;

    private static string? Text(JsonObject? sent, string name) =>
        sent?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private async Task<Job> FindAsync(JsonNode? sent, Scopes scope, CancellationToken cancel)
    {
        var caller = requests.HttpContext!.Caller();
        if (!caller.May(scope))
            throw new McpProtocolException(
                AccessMessages.NoScope(scope), McpErrorCode.InvalidRequest);
        var id = Text(sent as JsonObject, "taskId") ?? "";
        return desk.NumberOf(id) is { } number && await desk.ReadAsync(number, caller.Account, null, cancel) is { } job
            ? job
            : throw new McpProtocolException($"There is no task \"{Excerpt.Of(id)}\".", McpErrorCode.InvalidParams);
    }

    private async Task<McpTask> OfAsync(Job job, string resultType, JsonRpcRequest request, CancellationToken cancel)
    {
        var here = origin.Of(requests.HttpContext!.Request);
        var view = await desk.FindAsync(job.Id, job.Account, null, cancel) ?? JobView.Of(job);
        if (view is JobView.Ended { Job: var ended }) job = ended;
        var draft = view.State == JobState.Awaiting ? links.ToDraft(view.Draft, here) : null;
        var asks = draft is not null && CapabilitiesOf(request)?["elicitation"] is JsonObject;
        return new McpTask
        {
            ResultType = resultType,
            TaskId = ids.ToUuid(job.Id),
            Status = asks ? "input_required" : StatusOf(view),
            StatusMessage = MessageOf(view, draft),
            CreatedAt = job.CreatedAt,
            LastUpdatedAt = job.EndedAt ?? (view as JobView.Running)?.StartedAt ?? job.CreatedAt,
            TtlMs = keep.Jobs is { } kept ? (long)kept.TotalMilliseconds : null,
            PollIntervalMs = McpVideos.PollOf(view) is { } poll ? (long)poll.TotalMilliseconds : null,
            Outcome = view is JobView.Completed or JobView.Failed ? await OutcomeAsync(view, here, cancel) : null,
            InputRequests = asks ? new JsonObject { [Approval] = Question(draft!) } : null,
        };
    }

    /// <summary>A failed video is an error of the tool, which the model reads, and not one of the protocol.</summary>
    private async Task<JsonNode?> OutcomeAsync(JobView view, string here, CancellationToken cancel)
    {
        var result = await videos.OfAsync(view, here, cancel);
        if (view is JobView.Failed) result.IsError = true;
        return JsonSerializer.SerializeToNode(result, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(CallToolResult)));
    }

    private static string StatusOf(JobView view) => view switch
    {
        JobView.Completed or JobView.Failed => "completed",
        JobView.Cancelled => "cancelled",
        _ => "working",
    };

    private static string? MessageOf(JobView view, string? draft) => view switch
    {
        JobView.Waiting { State: JobState.Awaiting } when draft is null => "The draft is being made.",
        JobView.Waiting { State: JobState.Awaiting } => $"The draft waits for approval: {draft}",
        JobView.Waiting { Unavailable: true } => "No worker can run this model now.",
        JobView.Waiting waiting => $"Queued behind {waiting.QueuePosition}{Ready(view)}.",
        JobView.Running running =>
            $"{running.Progress.Done}/{Math.Max(1, running.Progress.Total)} steps done{Ready(view)}.",
        JobView.Failed failed => failed.Error.Message,
        _ => null,
    };

    private static string Ready(JobView view) =>
        view.Remaining is { } left ? $", ready in about {Math.Ceiling(left.TotalSeconds):0} s" : "";

    private static JsonObject Question(string draft) => new()
    {
        ["method"] = RequestMethods.ElicitationCreate,
        ["params"] = new JsonObject
        {
            ["mode"] = "form",
            ["message"] = $"Make the final video from this draft? {draft}",
            ["requestedSchema"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["approve"] = new JsonObject { ["type"] = "boolean", ["title"] = "Make the final video" },
                },
                ["required"] = new JsonArray("approve"),
            },
        },
    };
}
