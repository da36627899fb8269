using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Jobs;

namespace Rushes.Draft;

/// <summary>A draft has no model to change, so a LoRA and its strength change the seed: the draft looks different.</summary>
internal static class DraftLora
{
    public static EngineJob Apply(EngineJob job)
    {
        if (job.Lora is not { } lora) return job;
        var strength = job.Input.Number(Lora.StrengthField) ?? lora.DefaultStrength;
        var hash = SHA256.HashData(
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{job.Input.Seed} {lora.Name} {strength}")));
        var input = JsonNode.Parse(job.Input.All.GetRawText())!.AsObject();
        input["seed"] = BinaryPrimitives.ReadUInt32BigEndian(hash);
        return job with { Input = new JobInput(JsonSerializer.SerializeToElement(input)) };
    }
}
