using System.CommandLine;
using System.Text.Json;

namespace Rushes.Cli;

/// <summary><c>rushes models</c>.</summary>
internal static class ModelsCommand
{
    public static Command Create()
    {
        var id = new Argument<string?>("model")
        {
            Description = "Show the fields of this model.", Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("models", "List the available models, or show one with its fields.")
        {
            id, Show.Json,
        }.WithExamples("rushes models", "rushes models wan22-s2v-pro");
        command.SetAction(async (parsed, cancel) =>
        {
            var models = Show.Element(await Connection.ClientOf(parsed).ModelsAsync(cancel));
            if (parsed.GetValue(id) is not { } name)
                return Show.List(
                    parsed, models.EnumerateArray(), ["id", "kind", "tier", "sizes", "heights", "max_seconds", "price"]);
            var model = models.EnumerateArray().FirstOrDefault(model =>
                model.GetProperty("id").ValueEquals(name) || model.GetProperty("aliases").EnumerateArray().Any(
                    alias => alias.ValueEquals(name)));
            if (model.ValueKind == JsonValueKind.Undefined)
                throw new CliException($"Model {name} does not exist or is not available to this key.") { Code = "not_found" };
            if (parsed.GetValue(Show.Json)) return Show.One(parsed, model);
            return Show.List(
                parsed, model.GetProperty("fields").EnumerateArray(),
                ["name", "type", "required", "min", "max", "default", "help"]);
        });
        return Connection.WithConnection(command);
    }
}
