"""Times our training steps beside those of NumPy, PyTorch, JAX, TensorFlow, burn and candle.

    python3 tests/peers/measure.py

makes a virtual environment in target/peers, builds burn, candle and our side, runs all in turn,
ours between every two peers, three times over, and writes the tables of docs/speed.md. It takes
about an hour and a quarter on two cores; leave the machine alone meanwhile. Ctrl-C stops it; the
same command goes on, and --fresh begins anew.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from table import write_tables
from workload import WORKLOADS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FOLDER = ROOT / "target" / "peers"
PYTHON = FOLDER / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
IN_RUST = ("burn", "candle")
PEERS = ("numpy", "torch", "jax", "tensorflow", *IN_RUST)
WITHOUT = {"numpy": ("two-convolutions", "dropout-adam")}
LONGEST = 900  # seconds of one run


def main():
    args = arguments()
    data = find_data(args.data)
    make_environment()
    if set(args.peers) & set(IN_RUST):
        build_burn_and_candle()
    ours = build_ours()
    results = FOLDER / "results.jsonl"
    if args.fresh:
        results.unlink(missing_ok=True)
    done = read_results(results)
    plan = list(runs(args))
    for number, (key, peer) in enumerate(plan, 1):
        if key in done:
            continue
        sitting, workload, threads, name, _ = key
        place = f"[{number}/{len(plan)}] sitting {sitting}, {workload}"
        print(f"{place}, threads: {threads}, {name}", flush=True)
        result = run([*program(peer, ours, data), workload, "--threads", str(threads)], data)
        with results.open("a") as file:
            file.write(json.dumps(result | {"key": key}) + "\n")
    write_tables(ROOT / "docs" / "speed.md", list(read_results(results).values()))
    print("docs/speed.md is written")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    where = "the folder with MNIST [default: $DATASETS_DIR, then data/cache]"
    parser.add_argument("--data", help=where)
    parser.add_argument("--sittings", type=int, default=3, help="how often all of it [default: 3]")
    parser.add_argument(
        "--only", nargs="+", metavar="WORK", choices=WORKLOADS, default=list(WORKLOADS),
        help=f"of {', '.join(WORKLOADS)} [default: all]",
    )
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--fresh", action="store_true", help="forget what was measured before")
    return parser.parse_args()


def runs(args):
    """Every run: its key, and the peer, which is None for ours. One of ours comes first and
    after every peer. Each sitting begins with what the processor can do at most."""
    for sitting in range(1, args.sittings + 1):
        for threads in sorted({1, os.cpu_count() or 1}):
            yield (sitting, "limit", threads, "limit", 0), None
        for workload in args.only:
            peers = [peer for peer in args.peers if workload not in WITHOUT.get(peer, ())]
            for threads in sorted({1, os.cpu_count() or 1}):
                yield (sitting, workload, threads, "ours", 0), None
                for turn, peer in enumerate(peers, 1):
                    yield (sitting, workload, threads, peer, 0), peer
                    yield (sitting, workload, threads, "ours", turn), None


def program(peer, ours, data):
    if peer is None:
        return [ours]
    if peer in IN_RUST:
        return [FOLDER / "rust" / "release" / peer, data]
    return [PYTHON, HERE / f"{peer}_peer.py", data]


def find_data(given):
    places = [given] if given else [os.environ.get("DATASETS_DIR"), ROOT / "data" / "cache"]
    for place in filter(None, places):
        for folder in (Path(place), Path(place) / "mnist"):
            if any(folder.glob("train-images-idx3-ubyte*")):
                return folder
    names = " or ".join(str(place) for place in filter(None, places))
    stop(f"no MNIST in {names}; run lesson 01 once with a network, or give its folder with --data")


def make_environment():
    """The peers, with the versions of requirements.txt."""
    if sys.version_info < (3, 10):
        stop(f"this is Python {sys.version.split()[0]}; the peers need 3.10 or newer")
    wanted = HERE / "requirements.txt"
    installed = FOLDER / "installed.txt"
    if installed.exists() and installed.read_text() == wanted.read_text():
        return
    print("installing NumPy, JAX, TensorFlow, PyTorch into target/peers: minutes", flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    if subprocess.run([sys.executable, "-m", "venv", FOLDER / "venv"]).returncode:
        stop("Python cannot make a virtual environment; on Debian, apt install python3-venv")
    if subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "-r", wanted]).returncode:
        stop("pip could not install the peers (see above); they need a network and 6 GB of disk")
    shutil.copy(wanted, installed)


def build_burn_and_candle():
    """With all that this processor has, unlike ours."""
    need_cargo()
    flags = os.environ | {"RUSTFLAGS": "-C target-cpu=native"}
    command = ["cargo", "build", "--release", "--locked", "--target-dir", FOLDER / "rust"]
    if subprocess.run(command, cwd=HERE / "rust", env=flags).returncode:
        stop("cargo could not build burn and candle (see above); the first time needs a network")


def need_cargo():
    if not shutil.which("cargo"):
        stop("cargo is missing; install Rust, see README.md")


def build_ours():
    """The path of our program, compiled as the lessons are."""
    need_cargo()
    command = ["cargo", "bench", "-p", "referee", "--bench", "training_steps", "--no-run"]
    command.append("--message-format=json")
    built = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if built.returncode:
        stop("cargo could not build our side (see above)")
    messages = [json.loads(line) for line in built.stdout.splitlines() if line.startswith("{")]
    return [m["executable"] for m in messages if m.get("executable")][-1]


def run(command, data):
    environment = os.environ | {"DATASETS_DIR": str(data)}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=LONGEST, env=environment
        )
    except subprocess.TimeoutExpired:
        stop(f"{' '.join(map(str, command))} took more than {LONGEST} s")
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        stop(f"{' '.join(map(str, command))} failed:\n{done.stderr[-2000:]}")
    return json.loads(lines[-1])


def read_results(path):
    """What was measured before, by its key. A line that was cut off is measured again."""
    results = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        try:
            result = json.loads(line)
            results[tuple(result["key"])] = result
        except ValueError:
            pass
    return results


def stop(sentence):
    raise SystemExit(f"Error: {sentence}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        stop("stopped; the same command goes on from here")
