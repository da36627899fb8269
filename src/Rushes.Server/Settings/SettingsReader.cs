using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Rushes.Server.Settings;

/// <summary>Reads settings from options, environment variables and appsettings.json; an invalid or unknown one throws.</summary>
public static class SettingsReader
{
    /// <summary>Variables of the client commands, which are not settings of the gateway.</summary>
    private static readonly string[] ClientOnly = ["Url", "Profile"];

    private static readonly PropertyInfo[] Known = typeof(
        GatewayOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance);

    /// <param name="flags">The command line options, without leading dashes.</param>
    /// <exception cref="SettingsException">A setting is invalid; the message names it, its source and the allowed
    /// values.</exception>
    public static GatewayOptions Read(
        IEnumerable<KeyValuePair<string, string>> flags, IDictionary environment, IConfiguration files)
    {
        var found = new Dictionary<string, string?>();
        foreach (var setting in files.GetSection("Rushes").GetChildren())
            Take(found, setting.Key, setting.Value, $"appsettings.json, Rushes:{setting.Key}");
        foreach (DictionaryEntry variable in environment)
            if (variable.Key is string name && name.StartsWith("RUSHES_", StringComparison.Ordinal) && !IsClientOnly(name[7..]))
                Take(found, name[7..], (string?)variable.Value, $"environment, {name}");
        foreach (var (name, value) in flags)
            Take(found, name, value, $"command line, --{name}");

        return Check(Bind(found));
    }

    private static void Take(Dictionary<string, string?> found, string name, string? value, string origin)
    {
        var property = Known.FirstOrDefault(known => Same(known.Name, name))
            ?? throw new SettingsException(
            $"{origin}: unknown setting{DidYouMean.For(Plain(name), Known.Select(known => known.Name))}");
        found[property.Name] = value;
    }

    private static GatewayOptions Bind(Dictionary<string, string?> found)
    {
        try
        {
            return new ConfigurationBuilder().AddInMemoryCollection(found).Build().Get<GatewayOptions>() ?? new GatewayOptions();
        }
        catch (InvalidOperationException error)
        {
            throw new SettingsException(error.Message);
        }
    }

    private static GatewayOptions Check(GatewayOptions options)
    {
        var problems = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true)
            ? options
            : throw new SettingsException(string.Join(Environment.NewLine, problems.Select(problem => problem.ErrorMessage)));
    }

    /// <summary><c>ApiKey</c>, <c>API_KEY</c> and <c>api-key</c> are the same name.</summary>
    private static bool Same(string a, string b) => string.Equals(Plain(a), Plain(b), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);

    private static bool IsClientOnly(string name) => ClientOnly.Any(known => Same(known, name));
}

public sealed class SettingsException(string message) : Exception(message);
