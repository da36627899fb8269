#!/usr/bin/env bash
# Plays a video model: prints progress as sd-cli does and has ffmpeg draw the file. FAKE_MODE says what goes wrong.
set -euo pipefail
kind=$1 output=$2 prompt=$3 seed=$4 width=$5 height=$6 frames=$7 fps=$8
shift 8
printf '%s' "$prompt" >prompt.txt
printf '%s\n' "$@" >arguments.txt
env >environment.txt
mode=${FAKE_MODE:-}

bar() { printf '\r  |%-50s| %d/%d - 1.25s/it\033[K' "$(head -c $((50 * $1 / $2)) /dev/zero | tr '\0' '=')" "$1" "$2"; }

case $mode in
  hang-at-start) echo 'loading'; exec sleep 1000 ;;
  no-encoder) echo '[WARN ] conditioner.hpp:1350 - IMPORTANT NOTICE: No text encoders provided, cannot process prompts!' ;;
  stubborn) trap '' TERM ;;
  grandchild) setsid sleep 1000 & ;;
  broken) echo "[ERROR] main.cpp:749  - load image from '/secret/place/a.png' failed: $prompt" >&2; exit 1 ;;
esac
printf '  |##################################################| 825/825 - 1.86GB/s\033[K\n'
echo '[INFO ] stable-diffusion.cpp:6552 - get_learned_condition completed, taking 0.27s'
for step in 1 2 3 4; do
  bar $step 4
  [[ $mode != hang && $mode != stubborn && $mode != grandchild && $frames -lt 100 ]] || while :; do sleep 1000; done
done
if [[ $mode == chatty ]]; then while :; do echo 'still here'; sleep 0.05; done; fi
echo
echo '[INFO ] stable-diffusion.cpp:7012 - sampling completed, taking 5.00s'
[[ $mode != no-file ]] || exit 0

draw=(-f lavfi -i "testsrc2=s=${width}x${height}:r=${fps},hue=h=$((seed * 40 % 360))")
sound=()
if [[ $kind == s2v && $mode != silent ]]; then draw+=(-i "$2"); sound=(-map 1:a -c:a aac); fi
if [[ $kind == foley ]]; then draw=(-i "$1" -f lavfi -i sine=f=500); sound=(-map 1:a -c:a aac); fi
ffmpeg -v error -nostdin -y "${draw[@]}" -map 0:v "${sound[@]}" -t "$(awk "BEGIN{print $frames/$fps}")" -frames:v "$frames" \
  -c:v libx264 -preset ultrafast -pix_fmt yuv420p -metadata comment="$prompt" "$output"
[[ $mode != odd-name ]] || mv "$output" "$output.avi"
echo "[INFO ] stable-diffusion.cpp:6583 - decode_first_stage completed, taking 0.69s"
echo "[INFO ] main.cpp:536  - save result video to '$output'"
