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
    private static readonly MethodInfo Making = typeof(TwoGateways).GetMethod(
        nameof(Make), BindingFlags.Static | BindingFlags.NonPublic)!;
    private static readonly MethodInfo Waiting = typeof(TwoGateways).GetMethod(
        nameof(WaitAsync), BindingFlags.Instance | BindingFlags.NonPublic)!;

    private readonly Dictionary<string, object> roles = [];
    private object first = null!;
    private object second = null!;
    private Turn turn = null!;

    public static IDatabase Of(PostgresDatabase first, PostgresDatabase second) =>
        Make<IDatabase>(first, second, new Turn(new Listening(first), new Listening(second)));

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == nameof(IDatabase.FollowAsync)) return Task.WhenAll((Task)Call(first)!, (Task)Call(second)!);
        if (targetMethod.Name == nameof(IAsyncDisposable.DisposeAsync)) return new ValueTask(DisposeBothAsync());
        if (IsRole(targetMethod.ReturnType)) return RoleOf(targetMethod);
        if (!targetMethod.ReturnType.IsAssignableTo(typeof(Task)) || turn.IsFirst()) return Call(first);
        var answer = (Task)Call(second)!;
        return targetMethod.ReturnType.IsGenericType
            ? Waiting.MakeGenericMethod(targetMethod.ReturnType.GenericTypeArguments).Invoke(this, [answer])
            : WaitAsync(DoneAsync(answer));

        object? Call(object gateway)
        {
            try
            {
                return targetMethod.Invoke(gateway, args);
            }
            catch (TargetInvocationException error)
            {
                throw error.InnerException!;
            }
        }
    }

    private static bool IsRole(Type type) => type.IsInterface && type.Namespace == typeof(IDatabase).Namespace;

    private object RoleOf(MethodInfo getter)
    {
        if (!roles.TryGetValue(getter.Name, out var role))
        {
            var make = Making.MakeGenericMethod(getter.ReturnType);
            roles[getter.Name] = role = make.Invoke(null, [getter.Invoke(first, null), getter.Invoke(second, null), turn])!;
        }

        return role;
    }

    private static T Make<T>(object first, object second, Turn turn)
        where T : class
    {
        var both = Create<T, TwoGateways>();
        var proxy = (TwoGateways)(object)both;
        (proxy.first, proxy.second, proxy.turn) = (first, second, turn);
        return both;
    }

    private static async Task<bool> DoneAsync(Task task)
    {
        await task;
        return true;
    }

    private async Task<T> WaitAsync<T>(Task<T> answer)
    {
        var result = await answer;
        await turn.FirstWasNotifiedAsync();
        return result;
    }

    private async Task DisposeBothAsync()
    {
        await ((IAsyncDisposable)first).DisposeAsync();
        await ((IAsyncDisposable)second).DisposeAsync();
    }

    /// <summary>Whose turn it is, over all roles.</summary>
    private sealed class Turn(Listening firstListening, Listening secondListening)
    {
        private int calls;

        public bool IsFirst() => Interlocked.Increment(ref calls) % 2 == 0;

        public Task FirstWasNotifiedAsync()
        {
            var number = secondListening.LastNumber;
            return firstListening.UntilAsync(() => firstListening.LastNumber >= number);
        }
    }
}
