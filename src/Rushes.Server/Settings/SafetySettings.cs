using Rushes.Accounts;
using Rushes.Intake;
using Rushes.Media;
using Rushes.Safety;

namespace Rushes.Server.Settings;

/// <summary>Creates the safety checker from the settings.</summary>
internal static class SafetySettings
{
    /// <exception cref="SettingsException">The word list is invalid.</exception>
    public static SafetyCheck Build(
        GatewayOptions options, AccountDirectory accounts, InspectionSlots slots, string folder, TimeProvider clock)
    {
        try
        {
            return new SafetyCheck(SafetyListReader.Read(options.SafetyList), Moderator(options, clock), accounts, slots, folder);
        }
        catch (FormatException error)
        {
            throw new SettingsException($"SafetyList: {error.Message}");
        }
    }

    private static Moderator? Moderator(
        GatewayOptions options, TimeProvider clock) => options.ModerationUrl is not { } url ? null : new Moderator(
        new ModerationOptions
        {
            Url = new Uri(url),
            Key = options.ModerationKey,
            Model = options.ModerationModel,
            Timeout = TimeSpan.FromSeconds(options.ModerationTimeoutSeconds),
            FailsOpen = options.ModerationFail == "open",
        },
        clock);
}
