using System.Text.Json.Serialization;
using System.Text.Json;
using Rushes.Accounts;
using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>
/// Serializes <see cref="CommittedChanges"/> for other gateways, which may run an older or newer version: names are never
/// reused, unknown fields are ignored and missing ones have defaults.
/// </summary>
internal static partial class CommitText
{
    /// <param name="gateway">The gateway that commits.</param>
    /// <param name="awaited">The jobs that workers wait for there.</param>
    public static byte[]? Write(
        CommittedChanges changes, string? gateway = null, IReadOnlySet<long>? awaited = null) => changes.IsEmpty ? null
        : JsonSerializer.SerializeToUtf8Bytes(
        new Wire
        {
            Gateway = awaited is { Count: > 0 } ? gateway : null,
            Jobs = changes.Jobs.Count == 0
                ? null
                : changes.Jobs.ConvertAll(job => WireJob.Of(job, awaited?.Contains(job.Id) == true)),
            Accounts = changes.Accounts.Count == 0 ? null : changes.Accounts,
            Keys = changes.Keys.Count == 0 ? null : changes.Keys.ConvertAll(WireKey.Of),
            Lanes = changes.Lanes.Count == 0 ? null : changes.Lanes,
            Sessions = changes.Sessions.Count == 0 ? null : changes.Sessions,
            Deliveries = changes.DeliveriesDue,
        },
        ChangesJson.Default.Wire);

    /// <param name="gateway">The gateway that reads.</param>
    /// <exception cref="JsonException">The text is invalid.</exception>
    public static CommittedChanges Read(byte[] text, string? gateway = null) => Reply.Read(() => Parse(text, gateway));

    private static CommittedChanges Parse(byte[] text, string? gateway)
    {
        var wire = JsonSerializer.Deserialize(text, ChangesJson.Default.Wire) ?? throw new JsonException("The changes are null.");
        return new CommittedChanges
        {
            Jobs = Reply.Items(wire.Jobs).ConvertAll(job => job.ToChange(isOwn: wire.Gateway == gateway)),
            Accounts = Reply.Items(wire.Accounts),
            Keys = Reply.Items(wire.Keys).ConvertAll(key => key.ToKey()),
            Lanes = Reply.Items(wire.Lanes),
            Sessions = Reply.Items(wire.Sessions),
            DeliveriesDue = wire.Deliveries,
        };
    }

    private sealed record Wire
    {
        /// <summary>The gateway whose workers wait for some of the jobs; null if none waits.</summary>
        public string? Gateway { get; init; }

        public List<WireJob>? Jobs { get; init; }

        public List<Account>? Accounts { get; init; }

        public List<WireKey>? Keys { get; init; }

        public List<LanePause>? Lanes { get; init; }

        public List<ConsoleSession>? Sessions { get; init; }

        public bool Deliveries { get; init; }
    }

    // Names of one letter, because there is one of these for every change of a job.
    private sealed record WireJob
    {
        [JsonPropertyName("i")]
        public long Id { get; init; }

        [JsonPropertyName("s")]
        public int State { get; init; }

        [JsonPropertyName("a")]
        public int Account { get; init; }

        [JsonPropertyName("m")]
        public string Model { get; init; } = "";

        [JsonPropertyName("l")]
        public string Lane { get; init; } = "";

        [JsonPropertyName("t")]
        public int Tier { get; init; }

        [JsonPropertyName("p")]
        public int Priority { get; init; }

        [JsonPropertyName("n")]
        public long Turn { get; init; }

        [JsonPropertyName("w")]
        public int Work { get; init; }

        [JsonPropertyName("d")]
        public int Done { get; init; }

        [JsonPropertyName("o")]
        public int Total { get; init; }

        [JsonPropertyName("b")]
        public long StartedAt { get; init; }

        [JsonPropertyName("k")]
        public string? Worker { get; init; }

        [JsonPropertyName("r")]
        public VideoFormat? Render { get; init; }

        [JsonPropertyName("x")]
        public bool Stop { get; init; }

        [JsonPropertyName("f")]
        public JobDraft? Draft { get; init; }

        [JsonPropertyName("c")]
        public long At { get; init; }

        [JsonPropertyName("h")]
        public bool Awaited { get; init; }

        public static WireJob Of(JobChange change, bool awaited) => new()
        {
            Id = change.Id,
            State = (int)change.State,
            Account = change.Account,
            Model = change.Model,
            Lane = change.Lane,
            Tier = change.Tier,
            Priority = change.Priority,
            Turn = change.Turn,
            Work = change.Work,
            Done = change.Progress.Done,
            Total = change.Progress.Total,
            StartedAt = change.StartedAt == default ? 0 : change.StartedAt.ToUnixTimeMilliseconds(),
            Worker = change.Worker,
            Render = change.Render,
            Stop = change.StopRequested,
            Draft = change.Draft,
            At = change.At.ToUnixTimeMilliseconds(),
            Awaited = awaited,
        };

        public JobChange ToChange(bool isOwn) => new()
        {
            Id = Id,
            State = (JobState)State,
            Account = Account,
            Model = Model,
            Lane = Lane,
            Tier = Tier,
            Priority = Priority,
            Turn = Turn,
            Work = Work,
            Progress = new Progress(Done, Total),
            StartedAt = StartedAt == 0 ? default : DateTimeOffset.FromUnixTimeMilliseconds(StartedAt),
            Worker = Worker,
            Render = Render,
            StopRequested = Stop,
            Draft = Draft,
            At = DateTimeOffset.FromUnixTimeMilliseconds(At),
            IsCalledElsewhere = Awaited && !isOwn,
        };
    }

    private sealed record WireKey(
        long Id, byte[] Hash, int Account, string Name, Scopes Scopes, string? Networks,
        DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt, bool IsPerson)
    {
        public static WireKey Of(ApiKey key) => new(
            key.Id, key.Hash, key.Account, key.Name, key.Scopes, KeyRow.Networks(key), key.CreatedAt, key.ExpiresAt,
            key.LastUsedAt, key.RevokedAt, key.IsPerson);

        public ApiKey ToKey() => new()
        {
            Id = Id,
            Hash = Hash,
            Account = Account,
            Name = Name,
            Scopes = Scopes,
            Networks = KeyRow.Networks(Id, Networks),
            CreatedAt = CreatedAt,
            ExpiresAt = ExpiresAt,
            LastUsedAt = LastUsedAt,
            RevokedAt = RevokedAt,
            IsPerson = IsPerson,
        };
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
    [JsonSerializable(typeof(Wire))]
    private sealed partial class ChangesJson : JsonSerializerContext;
}
