using System.Net;

namespace Rushes.Engines.VideoServer;

/// <summary>
/// What a server does with a job after its run is over: it stops the job or works on it to the end, and forgets it.
/// </summary>
internal sealed class JobEnding(VideoServer server, ServedModel model)
{
    /// <summary>So that no customer's files stay on the server.</summary>
    public async Task ForgetAsync(string id)
    {
        if (server.File.Calls.Delete is null) return;
        try
        {
            await server.Client.DeleteAsync(id, server.Closing);
        }
        catch (Exception error) when (VideoServer.IsBroken(error) || error is OperationCanceledException)
        {
            // Nothing depends on it.
        }
    }

    /// <summary>Waits for the response to a request that was cancelled, and then ends its job.</summary>
    /// <param name="number">The job's number, for the log.</param>
    public async Task EndAsync(Task<ServerReply> request, long number)
    {
        try
        {
            if (await request is { IsOk: true, Job: { Id: { } id, IsCompleted: false } }) await EndAsync(id, number);
        }
        catch (Exception error) when (VideoServer.IsBroken(error) || error is OperationCanceledException)
        {
            // The server has no job, or the gateway is stopping.
        }
    }

    /// <summary>Stops a job on the server, or waits until the server has ended it.</summary>
    /// <param name="number">The job's number, for the log.</param>
    public async Task EndAsync(string id, long number)
    {
        server.Log.VideoServerStopping(server.Address, number);
        // A server with several jobs at a time takes others meanwhile.
        var isBusy = server.File.Jobs == 1;
        if (isBusy) server.Health.Occupy($"{server.Address} is still working on a cancelled job");
        try
        {
            if (server.File.DeleteStops) await StopAsync(id);
            else await EndedAsync(id);
        }
        catch (OperationCanceledException)
        {
            // It took too long, or the gateway is stopping.
        }
        finally
        {
            if (isBusy) server.Health.Release();
        }
    }

    private async Task StopAsync(string id)
    {
        using var late = new CancellationTokenSource(server.Options.Stop, server.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, server.Closing);
        while (true)
        {
            try
            {
                // 409 while an earlier abort is not complete.
                var status = (await server.Client.DeleteAsync(id, stop.Token)).Status;
                if (status != HttpStatusCode.Conflict && (int)status < 500) return;
            }
            catch (Exception error) when (VideoServer.IsBroken(error))
            {
                // Tried again.
            }
            await server.PauseAsync(stop.Token);
        }
    }

    private async Task EndedAsync(string id)
    {
        long? silentSince = null;
        var start = server.Clock.GetTimestamp();
        while (server.Clock.GetElapsedTime(start) < model.Total)
        {
            try
            {
                var reply = await server.Client.StatusAsync(id, null, server.Closing);
                var isMissing = reply.Job.Status is null && (int)reply.Status is >= 400 and < 500;
                if (isMissing || reply.Job.IsFailed || reply.Job.IsCompleted) break;
                silentSince = null;
            }
            catch (Exception error) when (VideoServer.IsBroken(error))
            {
                if (server.Clock.GetElapsedTime(silentSince ??= server.Clock.GetTimestamp()) >= server.Options.Silence) return;
            }
            await server.PauseAsync(server.Closing);
        }
        await ForgetAsync(id);
    }
}
