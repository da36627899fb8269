using Rushes.Accounts;
using Rushes.Database;
using Rushes.Database.Shared;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Database;

public sealed class StateNumberTests
{
    [Fact]
    public void The_numbers_in_statements_are_those_of_the_states()
    {
        AssertNumbers<JobState>("");
        AssertNumbers<LedgerAccount>("Account");
        AssertNumbers<LedgerKind>("Entry");
        Assert.Equal(
            [
                $"{(int)DraftState.Wanted}", $"{(int)DraftState.Made}", $"{(int)DraftState.Failed}",
                $"{(int)DeliveryState.Pending}", $"{(int)WebhookEvents.Progress}",
            ],
            [
                StateNumbers.DraftWanted, StateNumbers.DraftMade, StateNumbers.DraftFailed, StateNumbers.DeliveryPending,
                StateNumbers.ProgressEvent,
            ]);
    }

    [Fact]
    public void The_groups_of_states_are_those_of_the_code()
    {
        AssertGroup(StateNumbers.Queued, state => state.IsQueued);
        AssertGroup(StateNumbers.Waiting, state => state.IsWaiting);
        AssertGroup(StateNumbers.Live, state => !state.IsFinished);
        AssertGroup(StateNumbers.Aside, state => !state.IsQueued && state != JobState.Running);
    }

    private static void AssertNumbers<T>(string suffix)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
            Assert.Equal($"{Convert.ToInt32(value)}", typeof(StateNumbers).GetField($"{value}{suffix}")?.GetValue(null));
    }

    private static void AssertGroup(string numbers, Func<JobState, bool> belongs) => Assert.Equal(
        $"({string.Join(", ", Enum.GetValues<JobState>().Where(belongs).Select(state => (int)state))})", numbers);
}
