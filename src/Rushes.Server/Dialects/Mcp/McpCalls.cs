using System.Globalization;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.Mcp;

/// <summary>Runs the tools. None waits for a video. Fields and errors are those of the queue API.</summary>
internal sealed class McpCalls(
    ModelCatalog catalog, McpTools tools, McpVideos videos, McpTasks tasks, McpModelList available, JobIntake intake,
    JobDesk desk, Origin origin, IHttpContextAccessor requests)
{
    /// <param name="request">The whole message, which has what the client supports.</param>
    public async ValueTask<ResultOrAlternate<CallToolResult>> CallAsync(
        CallToolRequestParams? call, JsonRpcRequest request, CancellationToken cancel)
    {
        if (call?.Name is null)
            throw new McpProtocolException("params.name is missing; send the name of a tool.", McpErrorCode.InvalidParams);
        var http = requests.HttpContext!;
        var arguments = new McpArguments(call.Arguments);
        var models = tools.ModelsOf(call.Name);
        var scope = models is not null || call.Name is McpTools.Cancel or McpTools.Approve ? Scopes.Submit : Scopes.Read;
        if (!http.Caller().May(scope)) return Reject("forbidden", AccessMessages.NoScope(scope));
        if (models is not null) return await CreateAsync(http, models, arguments, request, cancel);
        return call.Name switch
        {
            McpTools.ListModels => McpVideos.Result(available.Of(http.Caller().Account), McpWire.Json.McpModels),
            McpTools.Estimate => await EstimateAsync(http, arguments, cancel),
            McpTools.List => await ListAsync(http.Caller().Account, arguments, cancel),
            McpTools.Get or McpTools.Cancel or McpTools.Approve => await FindAsync(http, call.Name, arguments, cancel),
            _ => throw new McpProtocolException($"There is no tool \"{Excerpt.Of(call.Name)}\".", McpErrorCode.InvalidParams),
        };
    }

    /// <summary>What is unavailable is an error of the tool, which the model reads, so that it tries again.</summary>
    public static ResultOrAlternate<CallToolResult> Unavailable(MachineFault fault) => Reject(fault.Code, fault.Message);

    private async Task<ResultOrAlternate<CallToolResult>> CreateAsync(
        HttpContext http, IReadOnlyList<Model> models, McpArguments arguments, JsonRpcRequest message,
        CancellationToken cancel)
    {
        var model = models[0];
        if (arguments.Text("model") is { } asked)
        {
            if (models.FirstOrDefault(each => each.Id == asked || each.Aliases.Contains(asked)) is not { } found)
                return Reject(NotOneOf("model", asked, models.Select(each => each.Id)));
            model = found;
        }
        if (http.McpBody().UnusableMedia is { } unusable) return Reject(unusable);
        var fields = JsonElement.Parse(arguments.Without("model", McpTools.KeyName, "job_timeout"));
        var request = RequestOf(http, model, fields) with
        {
            IdempotencyKey = arguments.Text(McpTools.KeyName),
            Timeout = arguments.Text("job_timeout") is { } timeout ? new JobTimeout("job_timeout", timeout) : null,
        };
        return await intake.SubmitAsync(request, cancel) switch
        {
            SubmitResult.Accepted accepted when McpTasks.IsDeclared(message) =>
                ResultOrAlternate<CallToolResult>.FromAlternate(
                    await tasks.CreatedAsync(accepted.Id, message, cancel), McpWire.Json.McpTask),
            SubmitResult.Accepted accepted => await ShowAsync(http, accepted.Id, cancel),
            SubmitResult.Rejected rejected => Reject(rejected.Problem),
            _ => throw new InvalidOperationException("a request is accepted or refused"),
        };
    }

    private async Task<CallToolResult> EstimateAsync(HttpContext http, McpArguments arguments, CancellationToken cancel)
    {
        var asked = arguments.Text("model") ?? "";
        if (catalog.Find(asked) is not { } model)
            return Reject(NotOneOf("model", asked, catalog.Models.Select(each => each.Id)));
        if (arguments.Object("input") is not { } input)
            return Reject(Problem.BadField("input", "is missing; send an object with the fields of the model"));
        if (http.McpBody().UnusableMedia is { } unusable) return Reject(unusable);
        return await intake.DryRunAsync(RequestOf(http, model, input), cancel) switch
        {
            DryRunResult.Ready ready => McpVideos.Result(DryRunAnswer.Of(ready.DryRun, model.Id), McpWire.Json.DryRunAnswer),
            DryRunResult.Rejected rejected => Reject(rejected.Problem),
            _ => throw new InvalidOperationException("a dry run is ready or refused"),
        };
    }

    private static JobRequest RequestOf(HttpContext http, Model model, JsonElement fields) => new()
    {
        Account = http.Caller().Account, Model = model, Fields = fields, Media = http.McpBody().Media,
        Callback = Callback.Of(fields, "webhook_url"),
    };

    private async Task<CallToolResult> ListAsync(int account, McpArguments arguments, CancellationToken cancel)
    {
        var (limit, badLimit) = arguments.Number("limit", 1, McpTools.MaxListed);
        var (before, badBefore) = arguments.Number("before", 1, long.MaxValue);
        if ((badLimit ?? badBefore) is { } wrong) return Reject(wrong);
        var status = arguments.Text("status");
        if (status is not null && !McpVideo.Statuses.Contains(status))
            return Reject(NotOneOf("status", status, McpVideo.Statuses));
        var page = await desk.ListAsync(
            new JobFilter
            {
                Account = account, Limit = (int)(limit ?? 10), Before = before,
                States = [.. Enum.GetValues<JobState>().Where(state => McpVideo.StatusOf(state) == status)],
            }, cancel);
        var listed = page.Jobs.Select(job => new McpListed(
            Text(job.Id), job.Model, McpVideo.StatusOf(job.State), JobInput.Parse(job.Input).PromptStart, job.CreatedAt));
        return McpVideos.Result(
            new McpVideoList([.. listed], page.Next is { } next ? Text(next) : null), McpWire.Json.McpVideoList);
    }

    /// <summary>A tool about one request of the account.</summary>
    private async Task<CallToolResult> FindAsync(
        HttpContext http, string tool, McpArguments arguments, CancellationToken cancel)
    {
        var account = http.Caller().Account;
        var text = arguments.Text("request_id") ?? "";
        if (desk.NumberOf(text) is not { } id)
            return Reject("bad_request_id", $"\"{Excerpt.Of(text)}\" is not a request id; send a request_id.");
        if (await desk.FindAsync(id, account, null, cancel) is null) return Unknown(text);
        if (tool == McpTools.Cancel && await CancelAsync(id, account, arguments, cancel) is { } notCancelled) return notCancelled;
        if (tool == McpTools.Approve && await ApproveAsync(id, account, cancel) is { } notApproved) return notApproved;
        return await ShowAsync(http, id, cancel);
    }

    private async Task<CallToolResult?> CancelAsync(long id, int account, McpArguments arguments, CancellationToken cancel) =>
        await desk.CancelAsync(id, account, null, arguments.IsTrue("stop_running"), cancel) switch
        {
            CancelOutcome.Running => Reject("already_started", "The request is running; stop_running = true stops it."),
            CancelOutcome.AlreadyFinished => Reject("already_finished", "The request has ended and can no longer be cancelled."),
            CancelOutcome.Unknown => Unknown(Text(id)),
            _ => null,
        };

    private async Task<CallToolResult?> ApproveAsync(long id, int account, CancellationToken cancel) =>
        await desk.ApproveAsync(id, account, null, cancel) switch
        {
            ApproveOutcome.NotAsked => Reject("not_awaiting", "The request was not created with draft = \"approve\"."),
            ApproveOutcome.AlreadyFinished => Reject("already_finished", "The request has ended and can no longer be approved."),
            ApproveOutcome.Unknown => Unknown(Text(id)),
            _ => null,
        };

    private async Task<CallToolResult> ShowAsync(HttpContext http, long id, CancellationToken cancel) =>
        await desk.FindAsync(id, http.Caller().Account, null, cancel) is { } job
            ? await videos.OfAsync(job, origin.Of(http.Request), cancel)
            : Unknown(Text(id));

    private static Problem NotOneOf(string argument, string sent, IEnumerable<string> allowed) =>
        Problem.BadField(argument, $"is \"{Excerpt.Of(sent)}\"; send one of {string.Join(", ", allowed)}");

    private static CallToolResult Reject(Problem problem) =>
        McpVideos.Error(new McpError(problem.Message, ProblemCode.FieldOf(problem), ProblemCode.Of(problem)));

    private static CallToolResult Reject(string code, string message) => McpVideos.Error(new McpError(message, null, code));

    private static CallToolResult Unknown(string id) =>
        Reject("request_not_found", $"There is no request {Excerpt.Of(id)} of this account.");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
