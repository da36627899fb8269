namespace Rushes.Database.Shared;

/// <summary>The pending deliveries of one account to one host.</summary>
/// <param name="Due">When the first of them is due.</param>
/// <param name="Ready">How many are due now; more than fit in a claim need not be counted.</param>
internal sealed record WaitingDeliveries(DeliveryPlace Place, DateTimeOffset Due, int Ready);

/// <param name="Count">How many deliveries of the account to the host to take.</param>
internal sealed record DeliveryShare(DeliveryPlace Place, int Count);

/// <summary>
/// Divides the free places for deliveries. Accounts take turns, so that neither many deliveries of one account nor its many
/// unreachable hosts delay those of others; within an account the host that has waited longest goes first.
/// </summary>
internal static class DeliveryTurns
{
    public static IReadOnlyList<DeliveryShare> Of(IEnumerable<WaitingDeliveries> waiting, DeliveryClaim claim)
    {
        var hosts = claim.UnderWay.CountBy(place => place.Host).ToDictionary(StringComparer.Ordinal);
        var accounts = claim.UnderWay.CountBy(place => place.Account).ToDictionary();
        var turns = new PriorityQueue<Queue<WaitingDeliveries>, (int Places, DateTimeOffset Due)>();
        foreach (var own in waiting.Where(each => each.Ready > 0).OrderBy(each => each.Due).GroupBy(each => each.Place.Account))
            turns.Enqueue(new(own), (accounts.GetValueOrDefault(own.Key), own.First().Due));

        var taken = new OrderedDictionary<DeliveryPlace, int>();
        for (var free = claim.Limit; free > 0 && turns.TryDequeue(out var own, out var turn);)
        {
            if (turn.Places >= claim.PerAccount) continue;
            while (own.TryPeek(out var next) && !HasRoom(next)) own.Dequeue();
            if (!own.TryPeek(out var first)) continue;
            taken[first.Place] = taken.GetValueOrDefault(first.Place) + 1;
            hosts[first.Place.Host] = hosts.GetValueOrDefault(first.Place.Host) + 1;
            free--;
            turns.Enqueue(own, (turn.Places + 1, first.Due));
        }
        return [.. taken.Select(share => new DeliveryShare(share.Key, share.Value))];

        bool HasRoom(WaitingDeliveries next) =>
            taken.GetValueOrDefault(next.Place) < next.Ready && hosts.GetValueOrDefault(next.Place.Host) < claim.PerHost;
    }
}
