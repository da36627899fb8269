#!/usr/bin/env bash
# Stands in for any of the programs that files are shipped for: keeps its arguments, prints progress as that program does and
# has ffmpeg draw a small video, with sound where the program gives some.
set -euo pipefail
printf '%s\n' "$@" >"$TMPDIR/../arguments.txt"
sound=()
save='saved successfully'
while (($#)); do
  case $1 in
    -M) kind=sd ;;
    generate.py) kind=wan ;;
    infer.py) kind=foley sound=(-f lavfi -i sine) ;;
    lightx2v.infer) kind=light ;;
    --model_cls) class=$2 ;;
    --task) task=$2 ;;
    --config_json) config=$2 ;;
    --single_prompt=?*) prompt=1 ;;
    --audio | --audio_path) sound=(-f lavfi -i sine) ;;
    -o | --save_file | --save_result_path) output=$2 ;;
    --output_dir) output=$2/clip_with_audio.mp4 && mkdir -p "$2" ;;
  esac
  shift
done
# As the real programs refuse.
if [[ $kind == foley && -z ${prompt:-} ]]; then echo 'infer.py: error: --single_prompt is required' >&2; exit 2; fi
if [[ $kind == light && $class == wan2.2_moe ]] && ! grep -q '"boundary"' "$config"; then echo "KeyError: 'boundary'" >&2; exit 1; fi
[[ ${task:-} != s2v ]] || save='Video saved to'
# One step short, so that the end is news.
for step in 1 2 3; do
  case $kind in
    sd) printf '\r  |%-50s| %d/4 - 1.25s/it\033[K' "$(head -c $((step * 12)) /dev/zero | tr '\0' '=')" $step ;;
    light) echo "2026-11-28 12:00:00.000 | INFO     | lightx2v.models.runners.default_runner:run:180 - ==> step_index: $step / 4" >&2 ;;
    foley) printf '\rDenoising steps:  %d%%|####      | %d/4 [00:0%d<00:09,  1.00s/it]' $((step * 25)) $step $step >&2 ;;
    *) printf '\r %d%%|####      | %d/4 [00:0%d<00:09,  1.00s/it]' $((step * 25)) $step $step >&2 ;;
  esac
done
printf '\n'
ffmpeg -v error -nostdin -y -f lavfi -i testsrc2=s=64x64:r=16 "${sound[@]}" -t 0.5 "$output"
[[ $kind != light ]] || echo "$save: $output"
