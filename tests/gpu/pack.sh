#!/usr/bin/env bash
# Builds lessons 06 and 07 and packs all that a bare machine with a GPU needs into target/gpu:
#
#     bash tests/gpu/pack.sh
#
# the programs, Vulkan's loader and the scripts; no data, since the programs draw their digits
# themselves. The folder runs on any Linux of the same kind of processor whose C library is not
# older than the one here: copy it there, and run `bash gpu/measure.sh`.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PATH:/sbin:/usr/sbin" # for ldconfig
most=64                             # MiB that the folder may have

fail() {
    echo "Error: $1" >&2
    exit 1
}

[ "$(uname -s)" = Linux ] || fail "this packs for Linux; elsewhere run lessons 06 and 07"
command -v cargo >/dev/null || fail "cargo is missing; install Rust, see README.md"

# The file of a shared library, from the table that the system's own loader uses.
library() {
    ldconfig -p 2>/dev/null |
        awk -v name="$1" '$1 == name && /x86-64|AArch64/ && !found++ { print $NF }'
}

cargo build --release -p cnn-gpu -p conv-race
built=${CARGO_TARGET_DIR:-target}/release
folder=target/gpu
rm -rf "$folder"
mkdir -p "$folder/lib"
cp "$built/cnn-gpu" "$built/conv-race" "$folder/"
strip "$folder/cnn-gpu" "$folder/conv-race" 2>/dev/null || true # smaller, where there is a strip
cp tests/gpu/measure.sh tests/gpu/figures.awk tests/gpu/cuda_peer.py "$folder/"

loader=$(library libvulkan.so.1)
[ -n "$loader" ] || fail "libvulkan.so.1 is missing; on Debian, apt-get install libvulkan1"
# NVIDIA's driver asks for X11's libraries, which a bare machine may lack; where they are not
# here either, the driver may not need them.
for name in libvulkan.so.1 libX11.so.6 libXext.so.6 libxcb.so.1 libXau.so.6 libXdmcp.so.6 \
    libbsd.so.0 libmd.so.0; do
    file=$(library "$name")
    [ -z "$file" ] || cp -L "$file" "$folder/lib/$name"
done

{
    echo "commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
    echo "rustc $(rustc --version | cut -d ' ' -f 2)"
    echo "loader $(basename "$(readlink -f "$loader")")"
    echo "glibc $(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d ' ' -f 2)"
} >"$folder/versions.txt"

size=$(du -sm "$folder" | cut -f 1)
[ "$size" -le "$most" ] || fail "$folder has $size MiB, more than $most; is strip installed?"
echo "$folder is packed, $size MiB; copy it to the machine, and run bash gpu/measure.sh there"
