#!/usr/bin/env bash
# Measures lessons 06 and 07 on this machine's GPU, beside PyTorch where it is installed:
#
#     bash measure.sh [OUT]
#
# from the folder that pack.sh has made, within ten minutes. It needs bash and awk, no network and
# no data. OUT/gpu.json (by default out/ beside this script) has every figure, and is written anew
# after each part; OUT/raw.txt has what the programs printed. A part that fails or takes too long
# stands in gpu.json with the reason, and the next one begins. GPU_SECONDS=300 allows all parts
# together less than the 560 seconds that they have otherwise.
set -uo pipefail
export LC_ALL=C NODEVICE_SELECT=1 # Mesa's layer that picks a GPU complains without a desktop
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/out}
seconds=${GPU_SECONDS:-560} # for all parts together
batch=100                   # the article's
parts="" adapter="" software=true
libraries=$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} # for our programs alone

fail() {
    echo "Error: $1" >&2
    exit 1
}

command -v awk >/dev/null || fail "awk is missing; install mawk or gawk"
mkdir -p "$out" && : >"$out/raw.txt" || fail "$out cannot be written; name another folder"
work=$(mktemp -d) || fail "there is no folder for temporary files; set TMPDIR to one"
trap 'rm -rf "$work"' EXIT

# A text as a string of JSON, on one line.
json() {
    printf '"%s"' "$(printf '%s' "$1" | tr '\000-\037' ' ' | sed 's/\\/\\\\/g; s/"/\\"/g')"
}

# Runs a command for so many seconds at most; 124 if it took longer.
limited() {
    local limit=$1 child began=$SECONDS pause=0.05
    shift
    "$@" &
    child=$!
    while kill -0 "$child" 2>/dev/null; do
        if ((SECONDS - began >= limit)); then
            kill "$child" 2>/dev/null
            sleep 1
            kill -9 "$child" 2>/dev/null
            wait "$child" 2>/dev/null
            return 124
        fi
        ((SECONDS - began < 2)) || pause=0.5 # disturbs nothing
        sleep $pause
    done
    wait "$child"
}

# The adapters, the fastest first, in $work/list. Whether one of them is a card.
list_adapters() {
    limited 40 env LD_LIBRARY_PATH="$libraries" "$here/cnn-gpu" --adapter list \
        >"$work/list" 2>"$work/stderr"
    grep -qv 'software, runs on the processor' "$work/list"
}

# A container may have NVIDIA's driver where Vulkan's loader does not look: tries the descriptions
# of it that there are, then descriptions of our own.
find_driver() {
    local file kind before=$libraries
    list_adapters && return
    [ -e /dev/nvidia0 ] || command -v nvidia-smi >/dev/null || return
    find /usr /etc /opt -maxdepth 8 \( -name 'nvidia_icd*.json' -o -name 'libGLX_nvidia.so.0' \
        -o -name 'libEGL_nvidia.so.0' \) >"$work/found" 2>/dev/null
    for kind in json GLX EGL; do
        grep "$kind" "$work/found" | head -n 3
    done >"$work/drivers"
    while IFS= read -r file; do
        export VK_DRIVER_FILES=$file
        if [ "${file##*.}" != json ]; then
            libraries=$before:${file%/*} # beside it are its other parts
            VK_DRIVER_FILES=$work/${file##*/}.json
            printf '{"file_format_version": "1.0.0", "ICD": {"library_path": "%s", %s}}\n' \
                "$file" '"api_version": "1.3.0"' >"$VK_DRIVER_FILES"
        fi
        list_adapters && return
    done <"$work/drivers"
    unset VK_DRIVER_FILES
    libraries=$before
    list_adapters
}

write_json() {
    {
        echo "{"
        echo "  \"format\": 1,"
        echo "  \"date\": $(json "$date"),"
        echo "  \"machine\": $machine,"
        echo "  \"gpu\": {\"adapter\": $(json "$adapter"), \"software\": $software,"
        echo "    \"driver\": $(json "$driver")},"
        echo "  \"versions\": $versions,"
        echo "  \"seconds\": $SECONDS,"
        echo "  \"parts\": [$parts"
        echo "  ]"
        echo "}"
    } >"$out/gpu.json.new" && mv "$out/gpu.json.new" "$out/gpu.json" ||
        fail "$out/gpu.json cannot be written; is the disk full?"
}

# part NAME LIMIT KIND FILE COMMAND ...: one part. figures.awk takes its figures from FILE.
part() {
    local name=$1 limit=$2 kind=$3 file=$4 began=$SECONDS state=done why="" status figures command
    local environment=()
    shift 4
    command="${1##*/} ${*:2}" command=${command//$work/WORK} command=${command//$here\//}
    [[ $1 != "$here"/* ]] || environment=(env "LD_LIBRARY_PATH=$libraries")
    ((limit < seconds - SECONDS)) || limit=$((seconds - SECONDS))
    rm -rf "$work/out" "$work/stdout" "$work/stderr"
    if ((limit < 5)); then
        state=skipped why="the $seconds seconds for all parts were over"
    else
        echo "[$SECONDS s] $name" >&2
        limited "$limit" "${environment[@]}" "$@" >"$work/stdout" 2>"$work/stderr"
        status=$?
        case $status in
        0) ;;
        124) state=failed why="took more than $limit s" ;;
        127) state=failed why="${1##*/} is not on this machine, or not all that it needs" ;;
        *)
            state=failed why=$(grep -v '^ *$' "$work/stderr" | tail -n 1 | sed 's/^Error: //')
            why=${why:-ended with $status}
            ;;
        esac
        { echo "== $name: $command" && cat "$work/stdout" "$work/stderr" && echo; } |
            sed "s|$work|WORK|g" >>"$out/raw.txt"
    fi
    [ ! -f "$file" ] || figures=$(awk -v kind="$kind" -f "$here/figures.awk" "$file")
    [ -z "$why" ] || echo "    $state: $why" >&2
    parts="$parts${parts:+,}
    {\"name\": $(json "$name"), \"command\": $(json "$command"),
    \"state\": \"$state\", \"why\": $(json "$why"), \"seconds\": $((SECONDS - began)),
    \"figures\": [${figures:-}]}"
    write_json
}

# == This machine ==
cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)
os=$(sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' /etc/os-release 2>/dev/null)
date=$(date -u '+%Y-%m-%d %H:%M UTC')
machine="{\"cpu\": $(json "${cpu:-$(uname -m)}"), \"cores\": $(nproc 2>/dev/null || echo 1), \
\"os\": $(json "${os:-$(uname -s)}"), \"kernel\": $(json "$(uname -r)")}"
query=name,driver_version,memory.total,power.limit,clocks.max.sm
driver=$(limited 20 nvidia-smi --query-gpu=$query --format=csv,noheader 2>/dev/null | head -n 1)
versions="{$(while read -r name version; do
    printf '%s"%s": %s' "${comma:-}" "$name" "$(json "$version")" && comma=", "
done 2>/dev/null <"$here/versions.txt")}"

# == Its GPU ==
find_driver
adapter=$(head -n 1 "$work/list")
[ -z "$adapter" ] || grep -q 'software, runs on the processor' <<<"$adapter" || software=false
echo "measuring ${adapter:-no adapter: $(tail -n 1 "$work/stderr")}" >&2
{ echo "== adapters" && cat "$work/list" "$work/stderr" && echo; } >>"$out/raw.txt"
write_json

# == Lesson 06, and PyTorch ==
# What matters most comes first.
lesson=("$here/cnn-gpu" --data built-in --out "$work/out" --batch-size)
part "times" 150 times "$work/stdout" "${lesson[@]}" $batch --time
part "lesson" 120 summary "$work/stdout" "${lesson[@]}" $batch
part "peers" 150 lines "$work/stdout" python3 "$here/cuda_peer.py" --batch $batch

# == Lesson 07: where the GPU overtakes the processor ==
if $software; then
    limit=0.02 one_filter="1 10 100" thirty_filters="1 10 100"
else
    limit=0.2 one_filter="1 4 16 64 100 256 1024 4096" thirty_filters="1 4 16 64 100 256 1024"
fi
race() {
    part "race, filters: $1, batch: $2" 90 race "$work/out/race.csv" \
        "$here/conv-race" --data built-in --out "$work/out" --filters "$1" --batch "$2" \
        --rungs 5,6,7 --limit $limit --gpu
}
for images in $one_filter; do race 1 "$images"; done
for images in $thirty_filters; do race 30 "$images"; done

# == Lesson 06 with a larger batch ==
$software || part "more images: times" 90 times "$work/stdout" "${lesson[@]}" 1000 --time
echo "$out/gpu.json is written, $SECONDS s" >&2
