namespace Rushes.Client;

/// <summary>A video from words.</summary>
/// <param name="Prompt">What it shows, at most 5,000 characters.</param>
public sealed record TextToVideo(string Prompt) : VideoRequest("wan22-fast-t2v")
{
    /// <summary>Pixels; with <see cref="Height"/> one of the model's sizes, such as 832x480.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels.</summary>
    public int? Height { get; init; }

    private protected override void WriteOwn(RequestFields fields)
    {
        fields.Add("prompt", Prompt);
        fields.Add("width", Width);
        fields.Add("height", Height);
    }
}

/// <summary>A video that begins with a picture.</summary>
/// <param name="Prompt">What happens, at most 5,000 characters.</param>
/// <param name="Picture">JPEG, PNG or WebP.</param>
public sealed record ImageToVideo(string Prompt, MediaInput Picture) : VideoRequest("wan22-fast-i2v")
{
    /// <summary>The picture it ends with.</summary>
    public MediaInput? LastPicture { get; init; }

    /// <summary>480 or 720 pixels; the width follows the picture.</summary>
    public int? Height { get; init; }

    private protected override void WriteOwn(RequestFields fields)
    {
        fields.Add("prompt", Prompt);
        fields.Add("height", Height);
        fields.Add("data_uri", Picture);
        fields.Add("second_image_uri", LastPicture);
    }
}

/// <summary>A picture that speaks or sings. The video is as long as the sound, or as <see cref="VideoRequest.Duration"/> if that is shorter.</summary>
/// <param name="Prompt">What happens, at most 5,000 characters.</param>
/// <param name="Picture">JPEG, PNG or WebP.</param>
/// <param name="Sound">MP3, WAV, OGG, M4A, FLAC, AAC or WMA.</param>
public sealed record SpeechToVideo(string Prompt, MediaInput Picture, MediaInput Sound) : VideoRequest("wan22-s2v-fast")
{
    /// <summary>480 or 720 pixels; the width follows the picture.</summary>
    public int? Height { get; init; }

    private protected override void WriteOwn(RequestFields fields)
    {
        fields.Add("prompt", Prompt);
        fields.Add("height", Height);
        fields.Add("data_uri", Picture);
        fields.Add("audio_uri", Sound);
    }
}

/// <summary>Sound for a clip. A clip keeps its length; a picture becomes a still of <see cref="VideoRequest.Duration"/>.</summary>
/// <param name="Clip">MP4, MOV or WebM; or a picture.</param>
public sealed record Foley(MediaInput Clip) : VideoRequest("hunyuan-foley")
{
    /// <summary>What is to be heard.</summary>
    public string? Prompt { get; init; }

    /// <summary>Music under the sounds.</summary>
    public bool? BackgroundMusic { get; init; }

    private protected override void WriteOwn(RequestFields fields)
    {
        fields.Add("prompt", Prompt);
        fields.Add("background_music", BackgroundMusic);
        fields.Add("data_uri", Clip);
    }
}
