# shellcheck shell=bash disable=SC2154  # sourced by run, which sets the names used here
# Under which account the services run, and where their files can be: PostgreSQL refuses to run as root.

unprivileged=postgres # comes with the package postgresql

is_root() { ((EUID == 0)); }

# as_service COMMAND...: the command under the account of the services, from the root folder.
as_service() {
    if is_root; then
        (cd / && exec runuser -u "$unprivileged" -- "$@")
    else
        "$@"
    fi
}

# place: sets `files`, where the data and logs are: the folder, or one that the account of the services can reach.
place() {
    mkdir -p "$folder" 2>/dev/null || refuse "cannot write in $folder; give another folder: DOELBINDING_SERVICES=FOLDER"
    folder=$(cd "$folder" && pwd)
    files=$folder
    if is_root && ! as_service test -x "$folder" 2>/dev/null; then
        files=/var/lib/doelbinding-services/$(cksum <<<"$folder" | cut -d ' ' -f 1)
    fi
}

# make_place NAME: a folder of the services' account in `files`.
make_place() {
    mkdir -p "$files/$1"
    if is_root; then chown "$unprivileged" "$files/$1"; fi
}

# alive PID_FILE TEXT: whether the process of that file runs; the text is of its command line, which a dead one lacks.
alive() {
    local pid
    pid=$(head -n 1 "$1" 2>/dev/null) && [[ -n $pid ]] && grep -qsF "$2" "/proc/$pid/cmdline"
}
