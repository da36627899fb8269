using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rushes.Server.Reference;

/// <summary>The OpenAPI documents as an HTML page, without scripts and with one style that the CSP allows.</summary>
internal static class ReferencePage
{
    private const string Style =
        "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
        + "code,pre{font:14px/1.4 ui-monospace,monospace}pre{overflow:auto;padding:.75rem;"
        + "border:1px solid #8886;border-radius:.4rem}"
        + "summary{cursor:pointer;padding:.3rem 0}summary b{display:inline-block;min-width:3.5rem}"
        + "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;"
        + "padding:.25rem .75rem .25rem 0;border-bottom:1px solid #8884}";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Policy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static string Write(IReadOnlyList<DialectReference> dialects)
    {
        var page = new StringBuilder(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
            + "<meta name=\"viewport\" content=\"width=device-width\"><title>Rushes API reference</title>"
            + $"<style>{Style}</style></head><body><h1>API reference</h1>"
            + "<p><a href=\"/docs\">Documentation</a> · <a href=\"/console\">Console</a></p><p>");
        page.AppendJoin(" · ", dialects.Select(dialect => $"<a href=\"#{dialect.Name}\">{dialect.Name}</a>")).Append("</p>");
        foreach (var dialect in dialects) Write(page, dialect, OpenApiDocument.Of(dialect));
        return page.Append("</body></html>").ToString();
    }

    private static void Write(StringBuilder page, DialectReference dialect, JsonObject document)
    {
        page.Append(
            $"<h2 id=\"{dialect.Name}\">{Safe(dialect.Title)}</h2><p><code>{dialect.KeyHeader}: "
                + $"{dialect.KeyForm}</code> · <a href=\"/openapi/{dialect.Name}.json\">OpenAPI</a></p>");
        foreach (var (path, methods) in document["paths"]!.AsObject())
            foreach (var (method, operation) in methods!.AsObject()) Write(page, method.ToUpperInvariant(), path, operation!);
        page.Append("<h3>Answers</h3>");
        foreach (var (name, schema) in document["components"]!["schemas"]!.AsObject())
            page.Append(
                $"<details id=\"{dialect.Name}-{name}\"><summary><code>{name}</code></summary>"
                + $"<pre>{Safe(schema!.ToJsonString(Indented))}</pre></details>");
    }

    private static void Write(StringBuilder page, string method, string path, JsonNode operation)
    {
        page.Append(
            $"<details><summary><b>{method}</b> <code>{Safe(path)}</code> {Safe((string)operation["summary"]!)}</summary>");
        if (operation["parameters"] is JsonArray parameters)
            Table(
                page, "parameter",
                parameters.Select(
                    one => ($"{one!["name"]}", $"in {one["in"]}{(one["description"] is { } meaning ? ": " + meaning : "")}")));
        if (operation["requestBody"]?["content"]?["application/json"]?["schema"] is { } body) Body(page, body);
        Table(page, "response", operation["responses"]!.AsObject().Select(one => (one.Key, $"{one.Value!["description"]}")));
        page.Append("</details>");
    }

    private static void Body(StringBuilder page, JsonNode body)
    {
        if (body["properties"] is not JsonObject fields || body["anyOf"] is not null)
        {
            page.Append($"<pre>{Safe(body.ToJsonString(Indented))}</pre>");
            return;
        }
        var required = body["required"] is JsonArray names ? names.Select(name => (string)name!).ToHashSet() : [];
        Table(
            page, "field",
            fields.Select(field => (field.Key + (required.Contains(field.Key) ? " *" : ""), Told(field.Value!.AsObject()))));
    }

    private static string Told(JsonObject field) =>
        string.Join(
            ", ",
            field.Where(part => part.Key != "description").Select(
                part => $"{(part.Key == "type" ? "" : part.Key + " ")}{part.Value?.ToJsonString().Trim('"')}"))
        + (field["description"] is { } meaning ? $". {meaning}" : "");

    private static void Table(StringBuilder page, string title, IEnumerable<(string Name, string Meaning)> rows)
    {
        page.Append($"<table><tr><th>{title}</th><th></th></tr>");
        foreach (var (name, meaning) in rows) page.Append($"<tr><td><code>{Safe(name)}</code></td><td>{Safe(meaning)}</td></tr>");
        page.Append("</table>");
    }

    private static string Safe(string text) => WebUtility.HtmlEncode(text);
}
