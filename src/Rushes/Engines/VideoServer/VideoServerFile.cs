using System.Text.Json;
using Rushes.Engines.Process;

namespace Rushes.Engines.VideoServer;

/// <summary>A validated engine file for servers with an HTTP API like that of OpenAI's videos.</summary>
internal sealed class VideoServerFile
{
    public required IReadOnlyList<Uri> Servers { get; init; }

    /// <summary>Sent as a bearer token; null if the servers need none.</summary>
    public required string? Key { get; init; }

    /// <summary>Jobs at a time on each server.</summary>
    public required int Jobs { get; init; }

    public required ServerCalls Calls { get; init; }

    /// <summary>Whether requests are forms; otherwise they are JSON.</summary>
    public required bool IsForm { get; init; }

    /// <summary>Whether the DELETE call stops a running job. Otherwise a cancelled job runs to its end.</summary>
    public required bool DeleteStops { get; init; }

    /// <summary>Hosts besides the server that results may be fetched from.</summary>
    public required IReadOnlyList<string> ResultHosts { get; init; }

    public required IReadOnlyList<ServedModel> Models { get; init; }
}

/// <summary>Paths below the server's address; <c>{id}</c> stands for the job's id.</summary>
internal sealed record ServerCalls
{
    public string Create { get; init; } = "v1/videos";

    /// <summary>Null: the create call takes as long as the job, and its response is the result.</summary>
    public string? Status { get; init; } = "v1/videos/{id}";

    /// <summary>Null: the result is in the job's JSON, as a URL or in base64.</summary>
    public string? File { get; init; } = "v1/videos/{id}/content";

    /// <summary>Null: there is none.</summary>
    public string? Delete { get; init; } = "v1/videos/{id}";

    /// <summary>Null: not checked.</summary>
    public string? Health { get; init; } = "health";

    /// <summary>The list of served models. Null: not checked.</summary>
    public string? Models { get; init; } = "v1/models";
}

/// <summary>How a server renders some families of models.</summary>
internal sealed record ServedModel
{
    public required string Name { get; init; }

    public required IReadOnlyList<string> Families { get; init; }

    /// <summary>An id that the server must list; null if it is not checked.</summary>
    public required string? Id { get; init; }

    public required RenderRules Drawing { get; init; }

    /// <summary>The fields of a request.</summary>
    public required WrittenFile Request { get; init; }

    /// <summary>By the job's field.</summary>
    public required IReadOnlyDictionary<string, MediaPart> Media { get; init; }

    /// <summary>Request fields that the server accepts but that do not affect this model's videos.</summary>
    public required IReadOnlyList<string> WithoutEffect { get; init; }

    /// <summary>The maximum duration of a run.</summary>
    public required TimeSpan Total { get; init; }

    public FieldEffect EffectOf(string field) => Drawing.EffectOf(
        field, Request.Names.Select(place => place.Split('=')[0]).Concat(Media.Keys).ToHashSet(), WithoutEffect);
}

/// <summary>How a picture, sound or clip is sent.</summary>
internal sealed record MediaPart
{
    /// <summary>The server's name for it.</summary>
    public required string Field { get; init; }

    public MediaForm As { get; init; } = MediaForm.DataUrl;
}

internal enum MediaForm
{
    /// <summary>A file in a form.</summary>
    File,

    /// <summary><c>data:image/png;base64,…</c></summary>
    DataUrl,

    Base64,
}

/// <summary>The engine file as JSON.</summary>
internal sealed record VideoServerEntry
{
    /// <summary>For the operator; not used.</summary>
    public string? Note { get; init; }

    public Dictionary<string, string> Variables { get; init; } = [];

    public required List<string> Servers { get; init; }

    /// <summary>The environment variable with the API key.</summary>
    public string? KeyVariable { get; init; }

    /// <summary>The file with the API key, instead of a variable.</summary>
    public string? KeyFile { get; init; }

    public int Jobs { get; init; } = 1;

    public ServerCalls Calls { get; init; } = new();

    public BodyForm Body { get; init; } = BodyForm.Json;

    public bool DeleteStops { get; init; }

    public List<string> ResultHosts { get; init; } = [];

    public required Dictionary<string, ServedModelEntry> Models { get; init; }
}

internal enum BodyForm
{
    Json,
    Multipart,
}

internal sealed record ServedModelEntry
{
    public required List<string> Serves { get; init; }

    public string? Id { get; init; }

    public RenderRules Drawing { get; init; } = new();

    public required JsonElement Request { get; init; }

    public Dictionary<string, MediaPart> Media { get; init; } = [];

    public List<string> WithoutEffect { get; init; } = [];

    /// <summary>Seconds.</summary>
    public double Total { get; init; } = 7200;
}
