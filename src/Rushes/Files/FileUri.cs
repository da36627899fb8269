namespace Rushes.Files;

/// <summary>The internal address of a stored file: <c>s3://bucket/key</c>; downloads also accept <c>r2://</c>.</summary>
public readonly record struct FileUri(string Bucket, string Key)
{
    public override string ToString() => $"s3://{Bucket}/{Key}";

    public static FileUri? Parse(string text)
    {
        const string scheme = "s3://";
        if (!text.StartsWith(scheme, StringComparison.Ordinal) && !text.StartsWith("r2://", StringComparison.Ordinal))
            return null;
        var slash = text.IndexOf('/', scheme.Length);
        return slash <= scheme.Length || slash == text.Length - 1
            ? null
            : new FileUri(text[scheme.Length..slash], text[(slash + 1)..]);
    }
}
