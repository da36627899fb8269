namespace Rushes.Client;

/// <summary>A video from text.</summary>
/// <param name="Prompt">What the video shows, at most 5,000 characters.</param>
public sealed record TextToVideo(string Prompt) : VideoRequest("wan22-fast-t2v")
{
    /// <summary>The width in pixels; together with <see cref="Height"/> one of the model's sizes, such as 832x480.</summary>
    public int? Width { get; init; }

    /// <summary>The height in pixels.</summary>
    public int? Height { get; init; }

    private protected override void WriteOwn(RequestFields fields)
    {
        fields.Add("prompt", Prompt);
        fields.Add("width", Width);
        fields.Add("height", Height);
    }
}

/// <summary>A video from an image.</summary>
/// <param name="Prompt">What happens in the video, at most 5,000 characters.</param>
/// <param name="Image">JPEG, PNG or WebP.</param>
public sealed record ImageToVideo(string Prompt, MediaInput Image) : VideoRequest("wan22-fast-i2v")
{
    /// <summary>The last frame.</summary>
    public MediaInput? LastImage { get; init; }

    /// <summary>The height, 480 or 720 pixels; the width follows from the image.</summary>
    public int? Height { get; init; }

    private protected override void WriteOwn(RequestFields fields)
    {
        fields.Add("prompt", Prompt);
        fields.Add("height", Height);
        fields.Add("data_uri", Image);
        fields.Add("second_image_uri", LastImage);
    }
}

/// <summary>
/// A video of a portrait that speaks or sings. It is as long as the audio, or as <see cref="VideoRequest.Duration"/> if that
/// is shorter.
/// </summary>
/// <param name="Prompt">What happens in the video, at most 5,000 characters.</param>
/// <param name="Image">JPEG, PNG or WebP.</param>
/// <param name="Audio">MP3, WAV, OGG, M4A, FLAC, AAC, WMA, WebM, AIFF, CAF or AMR.</param>
public sealed record SpeechToVideo(string Prompt, MediaInput Image, MediaInput Audio) : VideoRequest("wan22-s2v-fast")
{
    /// <summary>The height, 480 or 720 pixels; the width follows from the image.</summary>
    public int? Height { get; init; }

    private protected override void WriteOwn(RequestFields fields)
    {
        fields.Add("prompt", Prompt);
        fields.Add("height", Height);
        fields.Add("data_uri", Image);
        fields.Add("audio_uri", Audio);
    }
}

/// <summary>
/// A video that follows a clip. It is as long as the clip, or as <see cref="VideoRequest.Duration"/> if that is shorter.
/// </summary>
/// <param name="Prompt">What the video shows, at most 5,000 characters.</param>
/// <param name="Clip">MP4, MOV, WebM or Matroska video.</param>
public sealed record VideoToVideo(string Prompt, MediaInput Clip) : VideoRequest("wan21-vace")
{
    /// <summary>Pictures of what the video shows, with models that take them; at most four.</summary>
    public IReadOnlyList<MediaInput> References { get; init; } = [];

    /// <summary>The height in pixels; the width follows from the clip.</summary>
    public int? Height { get; init; }

    private protected override void WriteOwn(RequestFields fields)
    {
        fields.Add("prompt", Prompt);
        fields.Add("height", Height);
        fields.Add("data_uri", Clip);
        for (var i = 0; i < References.Count; i++) fields.Add($"reference_image_{i + 1}_uri", References[i]);
    }
}

/// <summary>
/// A clip and what happens next. <see cref="VideoRequest.Duration"/> is the length to add.
/// </summary>
/// <param name="Prompt">What happens next, at most 5,000 characters.</param>
/// <param name="Clip">MP4, MOV, WebM or Matroska video.</param>
public sealed record ExtendVideo(string Prompt, MediaInput Clip) : VideoRequest("wan22-extend")
{
    /// <summary>The height in pixels; the width follows from the clip.</summary>
    public int? Height { get; init; }

    private protected override void WriteOwn(RequestFields fields)
    {
        fields.Add("prompt", Prompt);
        fields.Add("height", Height);
        fields.Add("data_uri", Clip);
    }
}

/// <summary>
/// A larger and sharper clip. <see cref="VideoRequest.NewResolution"/> is the shorter side of the result.
/// </summary>
/// <param name="Clip">MP4, MOV, WebM or Matroska video.</param>
public sealed record UpscaleVideo(MediaInput Clip) : VideoRequest("seedvr2")
{
    private protected override void WriteOwn(RequestFields fields) => fields.Add("data_uri", Clip);
}

/// <summary>
/// Sound effects for a clip. A clip keeps its length; an image becomes a still video of <see cref="VideoRequest.Duration"/>.
/// </summary>
/// <param name="Clip">MP4, MOV, WebM or Matroska video, or an image.</param>
public sealed record Foley(MediaInput Clip) : VideoRequest("hunyuan-foley")
{
    /// <summary>The sounds to generate.</summary>
    public string? Prompt { get; init; }

    /// <summary>Adds background music.</summary>
    public bool? BackgroundMusic { get; init; }

    private protected override void WriteOwn(RequestFields fields)
    {
        fields.Add("prompt", Prompt);
        fields.Add("background_music", BackgroundMusic);
        fields.Add("data_uri", Clip);
    }
}
