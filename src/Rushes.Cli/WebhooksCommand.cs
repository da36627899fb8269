using System.CommandLine;

namespace Rushes.Cli;

/// <summary><c>rushes webhooks</c>.</summary>
internal static class WebhooksCommand
{
    public static Command Create() => Reach.Reachable(new Command("webhooks", "Callbacks: what was told to whom.") { Show.Json, List(), Redeliver(), Secret() }
        .Teach("rushes webhooks list 12", "rushes webhooks redeliver 3", "rushes webhooks secret"));

    private static Command List()
    {
        var job = new Argument<string>("job") { Description = "The job's id." };
        var command = new Command("list", "A job's callbacks with every try.") { job }.Teach("rushes webhooks list 12");
        command.SetAction(async (parsed, cancel) =>
        {
            var deliveries = await Reach.ClientOf(parsed).DeliveriesAsync(parsed.GetValue(job)!, cancel);
            var rows = deliveries.SelectMany(delivery => delivery.Tries.Count == 0
                ? [Show.Element(new { delivery = delivery.Id, delivery.Url, delivery.State, delivery.NextAt })]
                : delivery.Tries.Select(made => Show.Element(new { delivery = delivery.Id, delivery.Url, delivery.State, delivery.NextAt, made.Number, made.At, made.Status, made.Error })));
            return Show.Rows(parsed, Show.Element(deliveries), rows, "delivery", "url", "state", "next_at", "number", "at", "status", "error");
        });
        return command;
    }

    private static Command Redeliver()
    {
        var delivery = new Argument<long>("delivery") { Description = "Its number, as list shows it." };
        var command = new Command("redeliver", "Send a callback again, now.") { delivery }.Teach("rushes webhooks redeliver 3");
        command.SetAction(async (parsed, cancel) =>
        {
            var number = parsed.GetValue(delivery);
            await Reach.ClientOf(parsed).RedeliverAsync(number, cancel);
            return Show.Fact(parsed, $"Delivery {number} is sent again.", new { delivery = number, redelivered = true });
        });
        return command;
    }

    private static Command Secret()
    {
        var command = new Command("secret", "What receivers check signatures with.").Teach("rushes webhooks secret", "export RUSHES_WEBHOOK_SECRET=$(rushes webhooks secret)");
        command.SetAction(async (parsed, cancel) =>
        {
            var secret = await Reach.ClientOf(parsed).WebhookSecretAsync(cancel);
            return Show.Fact(parsed, secret, new { secret });
        });
        return command;
    }
}
