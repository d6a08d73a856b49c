"""The tables of docs/speed.md from the results of all runs."""

import datetime
import os
import platform
import statistics
from pathlib import Path

from workload import BATCH, MULTIPLY_ADDS, STEPS, WORKLOADS

BEGIN, END = "<!-- peers: written by tests/peers/measure.py -->", "<!-- /peers -->"

STOPPED = "\\* These runs were stopped after a minute; the median is that of their last 200 steps."


def write_tables(page, results):
    text = page.read_text()
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    page.write_text(f"{before}{BEGIN}\n\n{tables(results)}\n{END}{after}")


def tables(results):
    limits = [result for result in results if result["peer"] == "limit"]
    results = [result for result in results if result["peer"] != "limit"]
    sittings = max(result["key"][0] for result in results)
    peers = sorted({result["peer"] for result in results} - {"ours"})
    lines = [
        f"{processor()}, {os.cpu_count()} cores, {platform.system()}, "
        f"{datetime.date.today().isoformat()}; {', '.join(peers)}; sittings: {sittings}.",
        "",
        "| work | threads | step | ours, ms | fastest peer, ms | times as fast |",
        "| --- | ---: | --- | ---: | ---: | ---: |",
    ]
    for workload in WORKLOADS:
        for threads in sorted({result["threads"] for result in results}):
            chosen = [r for r in results if (r["workload"], r["threads"]) == (workload, threads)]
            for name, field in (("20 to 220", "early_ms"), ("1,000 to 1,200", "late_ms")):
                lines += row(workload, threads, name, field, chosen)
            if workload in BATCH:
                lines += row(workload, threads, "ten epochs", "seconds", chosen, " s")
    lines += ["", "All peers, a late step, medians in ms (peak memory in MB):", ""]
    lines += ["| work | threads | ours | " + " | ".join(peers) + " |"]
    lines += ["| --- | ---: | ---: |" + " ---: |" * len(peers)]
    for workload in WORKLOADS:
        for threads in sorted({result["threads"] for result in results}):
            cells = [cell(results, workload, threads, peer) for peer in ["ours", *peers]]
            if any(cells):
                lines.append(f"| {workload} | {threads} | " + " | ".join(cells) + " |")
    if any(result["steps"] < STEPS for result in results):
        lines += ["", STOPPED]
    lines += beside_the_limit(results, limits)
    lines += ["", "What a step is:", ""]
    measured = {result["workload"] for result in results}
    lines += [f"- {name}: {what}" for name, what in WORKLOADS.items() if name in measured]
    return "\n".join(lines) + "\n"


def row(workload, threads, name, field, results, unit=""):
    """One row: medians of each sitting, and the ratio within a sitting."""
    ours, fastest, ratios = [], [], []
    for sitting in sorted({result["key"][0] for result in results}):
        here = [result for result in results if result["key"][0] == sitting]
        times = {}
        for result in here:
            times.setdefault(result["peer"], []).append(result[field])
        if len(times) < 2 or "ours" not in times:
            continue
        ours.append(statistics.median(times.pop("ours")))
        peer = min(times, key=lambda peer: statistics.median(times[peer]))
        fastest.append((statistics.median(times[peer]), peer.split()[0]))
        ratios.append(fastest[-1][0] / ours[-1])
    if not ours:
        return []
    names = "/".join(sorted({name for _, name in fastest}))
    peer = f"{names} {span([time for time, _ in fastest])}{unit}"
    return [f"| {workload} | {threads} | {name} | {span(ours)}{unit} | {peer} | {span(ratios)} |"]


def beside_the_limit(results, limits):
    """What all multiplications of a step would take at the processor's rate, and ours."""
    lines = [
        "",
        "Beside what the processor can do at most:",
        "",
        "| work | threads | at most, GFLOP/s | a step at that rate, ms | ours, a late step, ms "
        "| times as long |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for workload, count in MULTIPLY_ADDS.items():
        for threads in sorted({limit["threads"] for limit in limits}):
            ours = [
                r["late_ms"] for r in results
                if (r["workload"], r["threads"], r["peer"]) == (workload, threads, "ours")
            ]
            if not ours:
                continue
            rate = statistics.median(l["gflops"] for l in limits if l["threads"] == threads)
            least, ours = 2 * count / rate / 1e6, statistics.median(ours)
            cells = [workload, threads, *map(number, (rate, least, ours, ours / least))]
            lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def cell(results, workload, threads, peer):
    key = (workload, threads, peer)
    chosen = [r for r in results if (r["workload"], r["threads"], r["peer"]) == key]
    if not chosen:
        return ""
    memory = statistics.median(r["memory_mb"] for r in chosen)
    stopped = "\\*" if any(r["steps"] < STEPS for r in chosen) else ""
    return f"{number(statistics.median(r['late_ms'] for r in chosen))}{stopped} ({memory:.0f})"


def span(values):
    low, high = number(min(values)), number(max(values))
    return low if low == high else f"{low} to {high}"


def number(value):
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def processor():
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
