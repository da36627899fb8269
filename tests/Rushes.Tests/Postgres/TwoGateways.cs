using System.Reflection;
using Rushes.Database;
using Rushes.Database.Postgres;

namespace Rushes.Tests.Postgres;

/// <summary>
/// Two gateways on one database that look like one: calls go to them in turn, and what the second committed counts as done
/// once the first was told. So every promise of a database can be held against two of them.
/// </summary>
public class TwoGateways : DispatchProxy
{
    private static readonly MethodInfo Waiting = typeof(TwoGateways).GetMethod(nameof(WaitAsync), BindingFlags.Instance | BindingFlags.NonPublic)!;

    private PostgresDatabase first = null!;
    private PostgresDatabase second = null!;
    private Listening toldToFirst = null!;
    private Listening toldToSecond = null!;
    private int calls;

    public static IDatabase Of(PostgresDatabase first, PostgresDatabase second)
    {
        var both = Create<IDatabase, TwoGateways>();
        var proxy = (TwoGateways)both;
        (proxy.first, proxy.second, proxy.toldToFirst, proxy.toldToSecond) = (first, second, new Listening(first), new Listening(second));
        return both;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == nameof(IDatabase.FollowAsync)) return Task.WhenAll(first.FollowAsync(default), second.FollowAsync(default));
        if (targetMethod.Name == nameof(IAsyncDisposable.DisposeAsync)) return new ValueTask(DisposeBothAsync());
        if (!targetMethod.ReturnType.IsAssignableTo(typeof(Task)) || Interlocked.Increment(ref calls) % 2 == 0) return Call(first);
        var answer = (Task)Call(second)!;
        return targetMethod.ReturnType.IsGenericType
            ? Waiting.MakeGenericMethod(targetMethod.ReturnType.GenericTypeArguments).Invoke(this, [answer])
            : WaitAsync(DoneAsync(answer));

        object? Call(IDatabase database)
        {
            try
            {
                return targetMethod.Invoke(database, args);
            }
            catch (TargetInvocationException error)
            {
                throw error.InnerException!;
            }
        }
    }

    private static async Task<bool> DoneAsync(Task task)
    {
        await task;
        return true;
    }

    private async Task<T> WaitAsync<T>(Task<T> answer)
    {
        var result = await answer;
        var number = toldToSecond.Told;
        await toldToFirst.UntilAsync(() => toldToFirst.Told >= number);
        return result;
    }

    private async Task DisposeBothAsync()
    {
        await first.DisposeAsync();
        await second.DisposeAsync();
    }
}
