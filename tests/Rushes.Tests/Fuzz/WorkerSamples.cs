namespace Rushes.Tests.Fuzz;

/// <summary>What workers and gateways say to one another.</summary>
internal static class WorkerSamples
{
    public static readonly string[] Words = ["name", "models", "fence", "done", "total", "preview", "stage", "outcome", "failed", "returned", "result_key", "sha256", "bytes", "worker", "wants"];

    public const string Card =
        """{"name": "attic/1", "version": "0.1.0", "engine": "draft", "models": ["wan22-fast-t2v"], "loaded": null, "gpu": "RTX", "gpu_megabytes": 24000, "wants": ["a model"]}""";

    public const string Heartbeat = """{"worker": "attic/1", "fence": 1, "done": 2, "total": 20, "preview": "/9j/4AAQSkZJRg==", "stage": "sampling"}""";

    public const string Completion =
        """{"fence": 1, "result_key": "outputs/a1/1_1_wan22-fast-t2v.mp4", "bytes": 100, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}""";

    public const string Ending = """{"fence": 1, "outcome": "failed", "code": "engine_failed", "message": "no memory", "retryable": true}""";

    public static readonly string[] Messages =
    [
        Card, Heartbeat, Completion, Ending, """{"answer": "Continue"}""", """{"kept": true}""",
        """
        {"job": 7, "model": "wan22-fast-t2v", "input": "{\"prompt\": \"a\"}", "fence": 1, "seconds": 30, "inputs": {"s3://b/k": "http://gateway/b/k"}, "result_key": "k",
         "upload_url": "http://gateway/b/r", "plan": {"render": {"width": 64, "height": 64, "frames": 16, "rate": 16}, "delivery": {"width": 64, "height": 64, "frames": 16,
         "rate": 16}, "crf": 20, "preset": "medium"}}
        """,
    ];
}
