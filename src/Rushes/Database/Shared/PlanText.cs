using System.Text.Json;
using System.Text.Json.Serialization;
using Rushes.Jobs;

namespace Rushes.Database.Shared;

/// <summary>Serializes a job's render plan as JSON.</summary>
internal static partial class PlanText
{
    public static byte[] Write(RenderPlan plan) => JsonSerializer.SerializeToUtf8Bytes(plan, PlanJson.Default.RenderPlan);

    public static RenderPlan Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, PlanJson.Default.RenderPlan)!;

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true)]
    [JsonSerializable(typeof(RenderPlan))]
    private sealed partial class PlanJson : JsonSerializerContext;
}
