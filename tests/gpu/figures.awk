# The figures in what a program has printed, as JSON objects with commas between them:
#
#     awk -v kind=times -f figures.awk FILE
#
# kind: `times`, the table of `cnn-gpu --time`; `summary`, the last line of lesson 06; `race`, the
# race.csv of lesson 07; `lines`, one JSON object in each line already; `none`.

BEGIN {
    if (kind == "race") FS = ","
}

function is_number(text) {
    return text ~ /^-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?$/
}

function emit(object) {
    printf "%s%s", (count++ ? ",\n      " : ""), object
}

# The first `last` words of the line.
function words(last,    text, k) {
    text = $1
    for (k = 2; k <= last; k++) text = text " " $k
    return text
}

# Figures such as "step 58.20 us", with semicolons between them.
function figures(text,    parts, part, number, k) {
    number = split(text, parts, "; ")
    for (k = 1; k <= number; k++) {
        part = parts[k]
        sub(/ \(article .*\)$/, "", part)
        $0 = part
        if (NF >= 3 && is_number($(NF - 1))) {
            emit(sprintf("{\"name\": \"%s\", \"value\": %s, \"unit\": \"%s\"}", \
                words(NF - 2), $(NF - 1), $NF))
        }
    }
}

kind == "summary" && /^cnn-gpu on / {
    figures(substr($0, index($0, ": ") + 2))
    next
}

kind == "times" && / clock$/ {
    emit(sprintf("{\"name\": \"clock\", \"text\": \"%s\"}", /its own clock$/ ? "GPU" : "processor"))
    next
}

kind == "times" && /^an empty / {
    sub(/ until the processor knows/, "")
    gsub(/, /, "; ")
    figures($0)
    next
}

# name, dispatches, Mflop, MB, the least us, us, GFLOP/s
kind == "times" && NF >= 7 && is_number($NF) && is_number($(NF - 1)) && is_number($(NF - 2)) {
    emit(sprintf("{\"name\": \"%s\", \"value\": %s, \"unit\": \"us\", \"floor\": %s, " \
        "\"gflops\": %s, \"mflop\": %s, \"mb\": %s, \"dispatches\": %s}", \
        words(NF - 6), $(NF - 1), $(NF - 2), $NF, $(NF - 4), $(NF - 3), $(NF - 5)))
}

kind == "race" && FNR == 1 {
    for (k = 1; k <= NF; k++) column[$k] = k
    next
}

kind == "race" && is_number($(column["ms"])) {
    emit(sprintf("{\"name\": \"%s\", \"value\": %s, \"unit\": \"ms\", \"low\": %s, \"high\": %s, " \
        "\"gflops\": %s, \"batch\": %s, \"filters\": %s, \"rung\": %s, \"threads\": %s, " \
        "\"projected\": %s}", \
        $(column["pass"]), $(column["ms"]), $(column["ms_low"]), $(column["ms_high"]), \
        $(column["gflops"]), $(column["batch"]), $(column["filters"]), $(column["rung"]), \
        $(column["threads"]), $(column["projected"])))
}

kind == "lines" && substr($0, 1, 1) == "{" && substr($0, length($0)) == "}" {
    emit($0)
}
