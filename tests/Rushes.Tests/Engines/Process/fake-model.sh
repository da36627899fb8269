#!/usr/bin/env bash
# Stands in for any of the programs that files are shipped for: keeps its arguments, prints progress as that program does and
# has ffmpeg draw a small video, with sound where the program gives some.
set -euo pipefail
printf '%s\n' "$@" >"$TMPDIR/../arguments.txt"
sound=()
while (($#)); do
  case $1 in
    -M) kind=sd ;;
    generate.py) kind=wan ;;
    infer.py) kind=foley sound=(-f lavfi -i sine) ;;
    lightx2v.infer) kind=light ;;
    --audio | --audio_path) sound=(-f lavfi -i sine) ;;
    -o | --save_file | --save_result_path) output=$2 ;;
    --output_dir) output=$2/clip_with_audio.mp4 && mkdir -p "$2" ;;
  esac
  shift
done
# One step short, so that the end is news.
for step in 1 2 3; do
  case $kind in
    sd) printf '\r  |%-50s| %d/4 - 1.25s/it\033[K' "$(head -c $((step * 12)) /dev/zero | tr '\0' '=')" $step ;;
    light) echo "2026-11-28 12:00:00.000 | INFO     | lightx2v.models.runners.default_runner:run:180 - ==> step_index: $step / 4" >&2 ;;
    *) printf '\r %d%%|####      | %d/4 [00:0%d<00:09,  1.00s/it]' $((step * 25)) $step $step >&2 ;;
  esac
done
printf '\n'
ffmpeg -v error -nostdin -y -f lavfi -i testsrc2=s=64x64:r=16 "${sound[@]}" -t 0.5 "$output"
