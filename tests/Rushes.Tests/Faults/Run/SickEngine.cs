namespace Rushes.Tests.Faults.Run;

/// <summary>An engine file whose program fails in a way that can be chosen while it is used. It draws with ffmpeg.</summary>
internal sealed class SickEngine
{
    /// <summary>What its program does when a job starts.</summary>
    public enum Mode
    {
        Works,

        /// <summary>Its GPU is lost: it fails at once, and so takes jobs faster than a healthy engine.</summary>
        GpuLost,

        /// <summary>It cannot find its weights.</summary>
        WeightsMissing,

        /// <summary>It needs longer than a lease to start.</summary>
        SlowStart,

        /// <summary>It crashes while it draws, whenever it is started.</summary>
        Crashes,
    }

    /// <summary>The name of its program, which errors contain.</summary>
    public const string Program = "sick-model";

    private readonly string mode, weights;

    public SickEngine(TempFolder folder)
    {
        (mode, weights, Path) = (folder["engine-mode"], folder["weights.gguf"], folder["engine.json"]);
        Set(Mode.Works);
        File.WriteAllText(folder["engine.sh"], $$"""
            set -euo pipefail
            case $(cat '{{mode}}') in
              {{nameof(Mode.GpuLost)}}) echo 'CUDA error: an illegal memory access was encountered'; exit 1 ;;
              {{nameof(Mode.SlowStart)}}) sleep {{Site.LeaseSeconds + 2}} ;;
            esac
            cat '{{weights}}' >/dev/null
            echo 'sampling'
            [ "$(cat '{{mode}}')" != {{nameof(Mode.Crashes)}} ] || kill -SEGV $$
            ffmpeg -v error -nostdin -y -f lavfi -i "testsrc2=s=$2x$3:r=$5" -frames:v "$4" -c:v libx264 -preset ultrafast \
              -pix_fmt yuv420p "$1"
            """);
        File.WriteAllText(Path, $$"""
            {
              "programs": {
                "{{Program}}": {
                  "serves": ["wan22-fast-t2v", "wan22-fast-i2v"], "program": "bash",
                  "arguments": ["{{folder["engine.sh"]}}", "{output}", "{width}", "{height}", "{frames}", "{fps}"],
                  "needs": ["{{weights}}"], "stages": [{ "name": "drawing", "tasks": 1, "ends": "sampling" }]
                }
              }
            }
            """);
    }

    /// <summary>Of the engine file.</summary>
    public string Path { get; }

    public void Set(Mode next)
    {
        if (next == Mode.WeightsMissing) File.Delete(weights);
        else File.WriteAllText(weights, "weights");
        File.WriteAllText(mode, $"{next}");
    }
}
