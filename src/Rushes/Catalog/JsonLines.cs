using System.Text.Json;

namespace Rushes.Catalog;

/// <summary>Finds the line of a property in JSON text.</summary>
internal static class JsonLines
{
    /// <summary>The line, from 1, of the deepest part of the path that exists.</summary>
    public static int Find(ReadOnlySpan<byte> json, ReadOnlySpan<string> path)
    {
        var reader = new Utf8JsonReader(
            json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var found = 0;
        long at = 0;
        while (found < path.Length && reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == found + 1)
            {
                if (reader.ValueTextEquals(path[found]))
                {
                    found++;
                    at = reader.TokenStartIndex;
                }
                else
                {
                    reader.Skip();
                }
            }
            else if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == found && found > 0)
            {
                break;
            }
        }
        return 1 + json[..(int)at].Count((byte)'\n');
    }
}
