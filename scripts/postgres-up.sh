#!/usr/bin/env bash
# A PostgreSQL server of one's own: scripts/postgres-up.sh DIR PORT. Makes a cluster in DIR the first time, starts it on
# loopback, waits until it answers, and prints its address. Durable as a real one (fsync is on).
#   a standby of the server at another port:  scripts/postgres-up.sh DIR PORT OF_PORT
#   stop:  scripts/postgres-up.sh DIR stop
#   make the cluster without starting it:  scripts/postgres-up.sh DIR make
set -euo pipefail
dir=$(mkdir -p "$1" && cd "$1" && pwd)
port=${2:-55432}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || { echo "PostgreSQL is not installed: apt-get install -y postgresql" >&2; exit 1; }

# The server refuses to run as root: there it runs as the user its package made.
as_owner() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid postgres --regid postgres --init-groups "$@"; else "$@"; fi
}
[ "$(id -u)" != 0 ] || chown postgres: "$dir"
cd "$dir"

if [ "$port" = stop ]; then
  as_owner "$bin/pg_ctl" -D data -m fast -w stop >/dev/null
  exit 0
fi

if [ ! -s data/PG_VERSION ] && [ -n "${3:-}" ]; then
  PGPASSWORD=rushes as_owner "$bin/pg_basebackup" -h 127.0.0.1 -p "$3" -U rushes -D data -R -X stream -c fast
elif [ ! -s data/PG_VERSION ]; then
  as_owner sh -c 'printf %s rushes > password'
  as_owner "$bin/initdb" -D data -U rushes --pwfile=password -A scram-sha-256 -E UTF8 --locale=C.UTF-8 >/dev/null
fi

[ "$port" != make ] || exit 0

# One that answers is left alone. After kill -9 the children may outlive their parent for a moment, and their memory with them.
for _ in 1 2 3 4 5 6 7 8 9 10; do
  if "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" || as_owner "$bin/pg_ctl" -D data -w -l log start \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='$dir' -c max_connections=300" >/dev/null 2>&1; then
    echo "postgres://rushes:rushes@127.0.0.1:$port/postgres"
    exit 0
  fi
  sleep 0.3
done
tail -5 log >&2
exit 1
