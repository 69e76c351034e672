#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Runs the completion as bash would: completion.sh PROGRAM COMPLETION
set -uo pipefail

program=$1
# shellcheck source=/dev/null
source "$2"
failed=0

# complete WORD…: what the last word may become, a line each.
try() {
    COMP_WORDS=("$program" "$@")
    COMP_CWORD=$#
    COMPREPLY=()
    _irsort "$program" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf '%s\n' "${COMPREPLY[@]}"
}

# is "EXPECTED, in order" WORD…
is() {
    local got
    got=$(try "${@:2}" | sort | xargs)
    [ "$got" = "$1" ] || { printf 'irsort %s: "%s" wanted, got "%s"\n' "${*:2}" "$1" "$got"; failed=1; }
}

# has "WORD" WORD…
has() {
    # Not into a pipe: grep would close it at the first hit, and the writer's death count as a failure.
    grep -qx -- "$1" <<<"$(try "${@:2}")" || { printf 'irsort %s: no "%s"\n' "${*:2}" "$1"; failed=1; }
}

is 'read rights' r
is 'docket doctor' 'do'
is 'docket' help dock
is '--lang' read --l
is 'en es' read --lang ''
is 'es' notices --lang es
has --within docket --
has --settings read --
is 'LT11 LT75' rights LT
is 'CP501 CP503 CP504' docket --notice CP50
is '' read ''         # a file: bash completes it itself
is '' read --settings ''
cd "$(mktemp -d)" || exit 1
mkdir scans shots
: >sheet
is 'scans shots' read --show s
rm -r scans shots sheet
exit "$failed"
