using FsCheck;
using FsCheck.Fluent;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Jobs;

public sealed class CountedTreeTests
{
    [Fact]
    public void It_always_counts_what_a_sorted_list_counts()
    {
        var key =
            from tier in Gen.Choose(1, 2)
            from priority in Gen.Choose(-2, 2)
            from turn in Gen.Choose(0, 3)
            from id in Gen.Choose(1, 500)
            select new QueueKey(tier, priority, turn, id);
        var step =
            from which in key
            from add in Gen.Frequency((3, Gen.Constant(true)), (2, Gen.Constant(false)))
            from work in Gen.Choose(0, 1000)
            select (Key: which, Add: add, Work: work);

        Prop.ForAll(Arb.From(step.ArrayOf(4000)), steps =>
        {
            var tree = new CountedTree();
            var list = new SortedList<QueueKey, int>();
            for (var i = 0; i < steps.Length; i++)
            {
                var (which, add, work) = steps[i];
                Assert.Equal(
                    add ? list.TryAdd(which, work) : list.Remove(which), add ? tree.Add(which, work) : tree.Remove(which));
                Assert.Equal(list.ContainsKey(which), tree.Contains(which));
                if (i % 500 == 0) AssertSame(list, tree);
            }

            AssertSame(list, tree);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_empties_as_it_was_filled(bool oldestFirst)
    {
        const int jobs = 20_000;
        var tree = new CountedTree();
        for (var id = 1; id <= jobs; id++) tree.Add(new QueueKey(1, 0, 0, id), 2);

        for (var removed = 0; removed < jobs; removed++)
        {
            Assert.Equal(new Place(jobs - removed, 2L * (jobs - removed)), tree.Total);
            var last = oldestFirst ? jobs : jobs - removed;
            Assert.Equal(jobs - removed - 1, tree.Ahead(new QueueKey(1, 0, 0, last)).Jobs);
            Assert.True(tree.Remove(new QueueKey(1, 0, 0, oldestFirst ? removed + 1 : last)));
        }

        Assert.Equal(default, tree.Total);
    }

    private static void AssertSame(SortedList<QueueKey, int> list, CountedTree tree)
    {
        var ahead = default(Place);
        foreach (var (key, work) in list)
        {
            Assert.Equal(ahead, tree.Ahead(key));
            ahead += new Place(1, work);
        }

        Assert.Equal(ahead, tree.Total);
        Assert.Equal(default, tree.Ahead(new QueueKey(int.MaxValue, 0, 0, 0)));
        Assert.Equal(ahead, tree.Ahead(new QueueKey(int.MinValue, 0, 0, 0)));
    }
}
