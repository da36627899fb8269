namespace Rushes.Tests.Fuzz;

/// <summary>Messages between workers and gateways.</summary>
internal static class WorkerSamples
{
    public static readonly string[] Words =
        ["name", "models", "done", "total", "preview", "stage", "outcome", "failed", "returned", "wants"];

    public const string Card =
        """{"name": "attic/1", "version": "0.1.0", "engine": "draft", "models": ["wan22-fast-t2v"], "loaded": null,"""
            + """ "gpu": "RTX", "gpu_megabytes": 24000, "wants": ["a model"]}""";

    public const string Heartbeat = """{"done": 2, "total": 20, "preview": "/9j/4AAQSkZJRg==", "stage": "sampling"}""";

    public const string Ending = """{"outcome": "failed", "code": "engine_failed", "message": "no memory", "retryable": true}""";

    public static readonly string[] Messages =
    [
        Card, Heartbeat, Ending, """{"answer": "Continue"}""", """{"kept": true}""",
        """
        {"job": 7, "model": "wan22-fast-t2v", "input": "{\"prompt\": \"a\"}", "fence": 1, "seconds": 30,
         "plan": {"render": {"width": 64, "height": 64, "frames": 16, "rate": 16},
         "delivery": {"width": 64, "height": 64, "frames": 16, "rate": 16}, "crf": 20, "preset": "medium"}}
        """,
    ];
}
