using System.CommandLine;

namespace Rushes.Cli;

/// <summary><c>rushes webhooks</c>.</summary>
internal static class WebhooksCommand
{
    public static Command Create() => Connection.WithConnection(
        new Command("webhooks", "Inspect and resend webhooks.") { Show.Json, List(), Redeliver(), Secret() }
        .WithExamples("rushes webhooks list 12", "rushes webhooks redeliver 3", "rushes webhooks secret"));

    private static Command List()
    {
        var job = new Argument<string>("job") { Description = "The job's id." };
        var command = new Command("list", "List a job's webhook deliveries with every attempt.") { job }.WithExamples(
            "rushes webhooks list 12");
        command.SetAction(async (parsed, cancel) =>
        {
            var deliveries = await Connection.ClientOf(parsed).DeliveriesAsync(parsed.GetValue(job)!, cancel);
            var rows = deliveries.SelectMany(delivery => delivery.Attempts.Count == 0
                ? [Show.Element(new { delivery = delivery.Id, delivery.Url, delivery.State, delivery.NextAt })]
                : delivery.Attempts.Select(
                    made => Show.Element(
                        new { delivery = delivery.Id, delivery.Url, delivery.State, delivery.NextAt, made.Number, made.At,
                            made.Status, made.Error })));
            return Show.List(
                parsed, Show.Element(deliveries).EnumerateArray(),
                ["delivery", "url", "state", "next_at", "number", "at", "status", "error"], rows);
        });
        return command;
    }

    private static Command Redeliver()
    {
        var delivery = new Argument<long>("delivery") { Description = "The delivery's number, from rushes webhooks list." };
        var command = new Command("redeliver", "Send a webhook again.") { delivery }.WithExamples("rushes webhooks redeliver 3");
        command.SetAction(async (parsed, cancel) =>
        {
            var number = parsed.GetValue(delivery);
            await Connection.ClientOf(parsed).RedeliverAsync(number, cancel);
            return Show.Fact(parsed, $"Delivery {number} will be sent again.", new { delivery = number, redelivered = true });
        });
        return command;
    }

    private static Command Secret()
    {
        var command = new Command("secret", "Print the secret that signs webhooks.").WithExamples(
            "rushes webhooks secret", "export RUSHES_WEBHOOK_SECRET=$(rushes webhooks secret)");
        command.SetAction(async (parsed, cancel) =>
        {
            var secret = await Connection.ClientOf(parsed).WebhookSecretAsync(cancel);
            return Show.Fact(parsed, secret, new { secret });
        });
        return command;
    }
}
