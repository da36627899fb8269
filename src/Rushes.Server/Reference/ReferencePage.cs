using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rushes.Server.Docs;

namespace Rushes.Server.Reference;

/// <summary>
/// The OpenAPI document of one dialect as an HTML page in the layout of the documentation. A script adds the form that sends
/// requests.
/// </summary>
internal sealed class ReferencePage(string assets, IReadOnlyList<DialectReference> all)
{
    public const string Home = "/openapi";

    /// <summary>Replaced by the address of the gateway when a page is sent.</summary>
    public const string Here = "{{origin}}";

    private const string Script = "reference.js";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string AddressOf(string dialect) => $"{Home}/{dialect}";

    public string Write(DialectReference dialect)
    {
        var document = OpenApiDocument.Of(dialect);
        var page = new StringBuilder(
            $"<h1>{Safe(dialect.Title)} reference</h1><p>Send your API key in the header <code>{dialect.KeyHeader}: "
            + $"{dialect.KeyForm}</code>. The same as an OpenAPI 3.1 document: <a href=\"{AddressOf(dialect.Name)}.json\">"
            + $"{dialect.Name}.json</a>.</p>"
            + $"<div class=\"try-key\" data-document=\"{AddressOf(dialect.Name)}.json\" data-header=\"{dialect.KeyHeader}\" "
            + $"data-form=\"{dialect.KeyForm}\"></div>");
        var creating = dialect.Operations.Where(operation => operation.Creates).Select(KeyOf).ToHashSet();
        var calls = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(
            call => new Call(call.Key.ToUpperInvariant(), path.Key, call.Value!.AsObject()))).ToLookup(
            call => creating.Contains((call.Method, call.Path)));
        Section(page, dialect, "create", "Create a video", calls[true]);
        Section(page, dialect, "calls", "Other calls", calls[false]);
        page.Append("<h2 id=\"responses\">Response bodies</h2>");
        foreach (var (name, schema) in document["components"]!["schemas"]!.AsObject())
            page.Append($"<details class=\"call\" id=\"{name}\"><summary><code>{name}</code></summary>")
                .Append(Code(schema!.ToJsonString(Indented))).Append("</details>");
        return DocLayout.Frame(
            assets, $"{dialect.Title} reference", Menu(dialect), DocAddress.Home, "Documentation",
            page.Append("</article>").ToString(), Beside, Script);
    }

    private const string Beside =
        "<nav class=\"headings\" aria-label=\"On this page\"><h2>On this page</h2><ul><li><a href=\"#create\">Create a video</a>"
        + "</li><li><a href=\"#calls\">Other calls</a></li><li><a href=\"#responses\">Response bodies</a></li></ul></nav>";

    private static (string, string) KeyOf(Operation operation) => (operation.Method, operation.Path);

    private string Menu(DialectReference current) => "<h2>API reference</h2><ul>" + string.Concat(all.Select(dialect =>
        $"<li><a href=\"{AddressOf(dialect.Name)}\"{(dialect == current ? " aria-current=\"page\"" : "")}>"
        + $"{Safe(dialect.Title)}</a></li>")) + "</ul>";

    private static void Section(
        StringBuilder page, DialectReference dialect, string id, string title, IEnumerable<Call> calls)
    {
        page.Append($"<h2 id=\"{id}\">{title}</h2>");
        foreach (var call in calls) Write(page, dialect, call);
    }

    private static void Write(StringBuilder page, DialectReference dialect, Call call)
    {
        var (method, path, operation) = call;
        page.Append(
            $"<details class=\"call\" data-method=\"{method}\" data-path=\"{Safe(path)}\"><summary><b>{method}</b> "
            + $"<code>{Safe(path)}</code> <span>{Safe((string)operation["summary"]!)}</span></summary>");
        if (operation["parameters"] is JsonArray parameters)
            Table(
                page, "Parameter",
                parameters.Select(
                    one => ($"{one!["name"]}", $"in {one["in"]}{(one["description"] is { } meaning ? ": " + meaning : "")}")));
        var bodies = operation["requestBody"]?["content"]?.AsObject() ?? [];
        foreach (var (type, content) in bodies)
        {
            if (bodies.Count > 1) page.Append($"<h3>{(type == OpenApiDocument.Json ? "As JSON" : $"As {type}")}</h3>");
            Body(page, content!["schema"]!.AsObject());
        }
        Table(page, "Response", operation["responses"]!.AsObject().Select(one => (one.Key, $"{one.Value!["description"]}")));
        page.Append("<h3>Example</h3>").Append(Code(Curl(dialect, call, bodies))).Append("</details>");
    }

    /// <summary>
    /// The fields of a body. If it or an object in it has several forms, each is a part that can be opened, with its own fields.
    /// </summary>
    private static void Body(StringBuilder page, JsonObject schema)
    {
        var forms = new List<(string Name, JsonArray Any)>();
        var fields = Fields(schema, "", forms).ToList();
        if (fields.Count > 0) Table(page, "Field", fields);
        foreach (var (name, any) in forms)
        {
            page.Append($"<p>{(name.Length == 0 ? "" : $"<code>{Safe(name)}</code>: ")}The fields depend on the model.</p>");
            foreach (var form in any.Select(each => each!.AsObject()))
            {
                page.Append($"<details class=\"form\"><summary><code>{Safe((string)form["title"]!)}</code></summary>");
                Table(page, "Field", Fields(form, name.Length == 0 ? "" : name + ".", []));
                page.Append("</details>");
            }
        }
    }

    private static string Curl(DialectReference dialect, Call call, JsonObject bodies)
    {
        var body = bodies[OpenApiDocument.Json]?["example"];
        var form = body is null ? bodies[OpenApiDocument.Form] : null;
        var curl = new StringBuilder("curl ");
        if (call.Method != (bodies.Count == 0 ? "GET" : "POST")) curl.Append($"-X {call.Method} ");
        curl.Append($"'{Here}{call.Path}'");
        var key = dialect.KeyForm.Replace("KEY", "$RUSHES_API_KEY", StringComparison.Ordinal);
        if (call.Operation["security"] is null) curl.Append($" \\\n  -H \"{dialect.KeyHeader}: {key}\"");
        if (body is not null)
            curl.Append(" \\\n  -H 'Content-Type: application/json' \\\n  -d '").Append(body.ToJsonString(Indented)).Append('\'');
        if (form?["schema"]!["required"] is JsonArray files)
            foreach (var name in files) curl.Append($" \\\n  -F {name}=@clip.mp4");
        return curl.ToString();
    }

    /// <summary>The fields of a body, with those of objects in it as <c>input.prompt</c>.</summary>
    /// <param name="forms">Takes what has several forms, whose fields are not among these.</param>
    private static IEnumerable<(string Name, string Meaning)> Fields(
        JsonObject schema, string before, List<(string Name, JsonArray Any)> forms)
    {
        if (schema["anyOf"] is JsonArray any) forms.Add((before.TrimEnd('.'), any));
        if (schema["properties"] is not JsonObject properties) yield break;
        var required = schema["required"] is JsonArray names ? names.Select(name => (string)name!).ToHashSet() : [];
        foreach (var (name, value) in properties)
        {
            var field = value!.AsObject();
            yield return (before + name + (required.Contains(name) ? " *" : ""), Described(field));
            foreach (var inner in Fields(field, $"{before}{name}.", forms)) yield return inner;
        }
    }

    private static string Described(JsonObject field) =>
        string.Join(
            ", ",
            field.Where(part => part.Key is not (
                "title" or "description" or "properties" or "required" or "anyOf" or "examples")).Select(
                part => $"{(part.Key == "type" ? "" : part.Key + " ")}{Value(part.Value)}"))
        + (field["description"] is { } meaning ? $". {meaning}" : "");

    private static string Value(JsonNode? value) => value switch
    {
        JsonArray many => string.Join(" or ", many.Select(Value)),
        null => "null",
        _ => value.ToJsonString(Indented).Trim('"'),
    };

    private static void Table(StringBuilder page, string title, IEnumerable<(string Name, string Meaning)> rows)
    {
        page.Append(
            $"<div class=\"scrolls\" tabindex=\"0\" role=\"group\" aria-label=\"{title}s\"><table>"
            + $"<thead><tr><th>{title}</th><th>Meaning</th></tr></thead><tbody>");
        foreach (var (name, meaning) in rows) page.Append($"<tr><td><code>{Safe(name)}</code></td><td>{Safe(meaning)}</td></tr>");
        page.Append("</tbody></table></div>");
    }

    private static string Code(string text) => $"<div class=\"code\"><pre tabindex=\"0\"><code>{Safe(text)}</code></pre></div>";

    private static string Safe(string text) => WebUtility.HtmlEncode(text);

    private sealed record Call(string Method, string Path, JsonObject Operation);
}
