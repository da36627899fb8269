using System.CommandLine;
using System.Text.Json;

namespace Rushes.Cli;

/// <summary><c>rushes models</c>.</summary>
internal static class ModelsCommand
{
    public static Command Create()
    {
        var id = new Argument<string?>("model") { Description = "One model, with its fields.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("models", "What can be asked for.") { id, Show.Json }.Teach("rushes models", "rushes models wan22-s2v-pro");
        command.SetAction(async (parsed, cancel) =>
        {
            var models = Show.Element(await Reach.ClientOf(parsed).ModelsAsync(cancel));
            if (parsed.GetValue(id) is not { } name) return Show.Rows(parsed, models, models.EnumerateArray(), "id", "kind", "tier", "sizes", "heights", "max_seconds", "price");
            var model = models.EnumerateArray().FirstOrDefault(model =>
                model.GetProperty("id").ValueEquals(name) || model.GetProperty("aliases").EnumerateArray().Any(alias => alias.ValueEquals(name)));
            if (model.ValueKind == JsonValueKind.Undefined) throw new CliException($"There is no model {name} that this key may call.");
            return Show.Rows(parsed, model, model.GetProperty("fields").EnumerateArray(), "name", "type", "required", "min", "max", "default", "help");
        });
        return Reach.Reachable(command);
    }
}
