namespace Rushes.Tests.Fuzz;

/// <summary>Messages of ComfyUI servers.</summary>
internal static class ComfySamples
{
    public static readonly string[] Words =
    [
        "prompt_id", "node", "nodes", "value", "max", "state", "finished", "type", "data", "status", "messages", "outputs",
        "filename", "subfolder", "error", "node_errors",
        "execution_error", "execution_cached", "progress_state", "executing", "p1",
    ];

    public static readonly string[] Messages =
    [
        """{"type": "execution_cached", "data": {"nodes": ["1", "2"], "prompt_id": "p1"}}""",
        """{"type": "progress_state", "data": {"prompt_id": "p1", "nodes": {"3": {"value": 1, "max": 20, "state": "running","""
            + """ "node_id": "3"}}}}""",
        """{"type": "progress", "data": {"value": 2, "max": 20, "prompt_id": "p1", "node": "3"}}""",
        """{"type": "executing", "data": {"node": null, "prompt_id": "p1"}}""",
        """{"type": "execution_success", "data": {"prompt_id": "p1"}}""",
        """{"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 1}}, "sid": "s"}}""",
    ];

    public static readonly byte[][] Previews =
    [
        [0, 0, 0, 1, 0, 0, 0, 1, 0xFF, 0xD8, 0xFF, 0xD9],
        [0, 0, 0, 4, 0, 0, 0, 19, .. """{"prompt_id": "p1"}"""u8, 0xFF, 0xD8, 0xFF, 0xD9],
    ];

    public static readonly string[] Histories =
    [
        """
        {"status": {"status_str": "success", "completed": true,
         "messages": [["execution_start", {"prompt_id": "p1"}], ["execution_success", {}]]},
         "outputs": {"9": {"images": [{"filename": "a_00001_.mp4", "subfolder": "video", "type": "output"}], "animated": [true]}}}
        """,
        """
        {"status": {"status_str": "error", "messages": [["execution_error", {"node_id": "3", "node_type": "KSampler",
         "exception_type": "OutOfMemoryError",
         "exception_message": "Allocation on device /dev/x"}], ["execution_interrupted", {}]]}, "outputs": {}}
        """,
    ];

    public static readonly string[] Queues = ["""{"queue_running": [[3, "p1", {"1": {}}, {}, ["9"]]], "queue_pending": []}"""];

    public static readonly string[] Facts =
    [
        """
        {"system": {"comfyui_version": "0.3.60", "argv": ["main.py", "--listen", "0.0.0.0"]},
         "devices": [{"name": "cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync",
         "type": "cuda", "vram_total": 25000000000}]}
        """,
    ];

    public static readonly string[] Rejections =
    [
        """
        {"error": {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation", "details": ""},
         "node_errors": {"3": {"errors": [{"message": "Value not in list", "details": "ckpt: 'a' not in ['b']"}],
         "class_type": "Loader"}}}
        """,
    ];
}
