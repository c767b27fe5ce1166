# shellcheck shell=bash disable=SC2154  # sourced by run, which sets the names used here
# PostgreSQL: a cluster of its own from the newest Debian package, beside any that the system runs.

# The folder with the newest version's programs; nothing if there is none.
postgresql_programs() {
    local found
    found=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort -V | tail -n 1)
    [[ -x $found ]] && dirname "$found"
}

# What is missing to start it, a sentence each.
postgresql_needs() {
    postgresql_programs >/dev/null || tell "no PostgreSQL under /usr/lib/postgresql: on Debian and Ubuntu install postgresql"
    ! is_root || id "$unprivileged" >/dev/null 2>&1 ||
        tell "PostgreSQL does not run as root, and the account '$unprivileged' is missing: install the package postgresql"
}

# The first message of any client that asks for encryption; the answer is one letter.
postgresql_answers() {
    listens "$postgresql_port" || return 1
    [[ $(ask "$postgresql_port" '\x00\x00\x00\x08\x04\xd2\x16\x2f' 1) == " "[54][3e] ]]
}

postgresql_runs() { alive "$files/postgresql/data/postmaster.pid" "$files/postgresql/data"; }

postgresql_start() {
    local log=$files/postgresql/log
    make_place postgresql
    [[ -f $files/postgresql/data/PG_VERSION ]] || postgresql_make
    as_service tee "$files/postgresql/data/postgresql.auto.conf" >/dev/null <<END
listen_addresses = '127.0.0.1'
port = $postgresql_port
unix_socket_directories = ''
max_connections = 200
END
    postgresql_forget_dead
    postgresql_control start --timeout "$patience" --log "$log" ||
        fail "postgresql did not start; its last words (all in $log):" "$(tail -n 8 "$log")"
}

# A server that was killed leaves a file with its number. Where nobody buries dead processes, as in many containers, it
# counts as alive for ever. Its children end by themselves, and none may be left when another server begins.
postgresql_forget_dead() {
    local data=$files/postgresql/data until=$((SECONDS + patience))
    while [[ -n $(find /proc -maxdepth 2 -name cwd -lname "$data" 2>/dev/null) ]]; do
        ((SECONDS < until)) || fail "processes of a PostgreSQL that was killed are still there: their folder is $data"
        sleep 0.2
    done
    rm -f "$data/postmaster.pid"
}

postgresql_stop() { postgresql_control stop --mode fast --timeout "$patience"; }

postgresql_control() {
    as_service "$(postgresql_programs)/pg_ctl" "$1" --pgdata "$files/postgresql/data" "${@:2}" >/dev/null 2>&1
}

# The role and its database are made before anybody can connect, and only that role ever can.
postgresql_make() {
    local data=$files/postgresql/data programs
    programs=$(postgresql_programs)
    rm -rf "$data.new"
    as_service "$programs/initdb" --pgdata "$data.new" --username postgres --auth reject \
        --encoding UTF8 --locale C.UTF-8 >"$files/postgresql-initdb.log" 2>&1 ||
        fail "PostgreSQL could not make its files:" "$(tail -n 8 "$files/postgresql-initdb.log")"
    as_service "$programs/postgres" --single -D "$data.new" postgres >>"$files/postgresql-initdb.log" 2>&1 <<END
CREATE ROLE doelbinding LOGIN CREATEDB PASSWORD 'doelbinding'
CREATE DATABASE doelbinding OWNER doelbinding
END
    as_service tee "$data.new/pg_hba.conf" >/dev/null <<<"host all doelbinding 127.0.0.1/32 scram-sha-256"
    as_service mv "$data.new" "$data"
}
