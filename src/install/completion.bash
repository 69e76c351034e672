# SPDX-License-Identifier: AGPL-3.0-or-later
# Completion for bash: commands and options are asked of the program's own help, so that there is no second list.

# _irsort_values KIND: what an argument may be; nothing for a file's name, which bash completes itself.
_irsort_values() {
    case $1 in
    'en|es') printf '%s\n' en es ;;
    DIR) compgen -d -- "$2" ;;
    ID) "$3" notices --json 2>/dev/null | sed -n 's/.*"id":"\([A-Z0-9]*\)".*/\1/p' ;;
    esac
}

_irsort() {
    local program=$1 word=$2 previous=$3 command=${COMP_WORDS[1]} kind="" words=""
    if ((COMP_CWORD == 1)) || { ((COMP_CWORD == 2)) && [[ $command == help ]]; }; then
        words=$("$program" help 2>/dev/null | sed -n 's/^  irsort \([a-z]*\) .*/\1/p')
    elif [[ $previous == --* ]]; then
        kind=$("$program" help "$command" 2>/dev/null | sed -n "s/^  $previous \([A-Za-z|]*\) .*/\1/p")
        words=$(_irsort_values "$kind" "$word" "$program")
    fi
    if [[ -z $words && -z $kind && $word == -* ]]; then
        words=$("$program" help "$command" 2>/dev/null | sed -n 's/^  \(--[a-z-]*\).*/\1/p')
    elif [[ -z $words && -z $kind ]] && ((COMP_CWORD == 2)) && [[ $command == rights ]]; then
        words=$(_irsort_values ID "$word" "$program")
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -o default -F _irsort irsort
