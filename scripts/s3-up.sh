#!/usr/bin/env bash
# An S3 server for tests: one Ceph with its object gateway, in memory, on 127.0.0.1. It checks signatures as S3 does.
#   scripts/s3-up.sh DIR PORT [PID]
# DIR must not exist. Prints "ready" once http://127.0.0.1:PORT answers; buckets also answer as BUCKET.s3.test.
# With PID it ends, and DIR goes, when that process ends; else: kill $(cat DIR/*.pid).
# Needs the packages radosgw ceph-mon ceph-osd curl. Ports PORT to PORT+120 must be free.
set -euo pipefail
dir=$1 port=$2 watched=${3:-}
access=rushes-tests secret=a-secret-of-the-tests
export PATH="$PATH:/usr/sbin:/sbin"

mkdir -p "$dir"/{mon,osd,run,log}
fsid=$(cat /proc/sys/kernel/random/uuid)
cat >"$dir/ceph.conf" <<CONF
[global]
fsid = $fsid
mon host = v2:127.0.0.1:$((port + 10))/0
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
ms bind port min = $((port + 20))
ms bind port max = $((port + 120))
auth allow insecure global id reclaim = false
keyring = $dir/keyring
run dir = $dir/run
admin socket = $dir/run/\$name.asok
pid file = $dir/\$name.pid
log file = $dir/log/\$name.log
mon data = $dir/mon
osd data = $dir/osd
# One copy of everything, in memory: it is gone with the process.
osd objectstore = memstore
memstore device bytes = 2147483648
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
# How full the machine's disk is does not matter to it.
mon data avail crit = 1
# A change of the cluster's map is settled at once instead of once a second.
paxos propose interval = 0.02
paxos min wait = 0.01
[client.rgw.tests]
rgw frontends = beast endpoint=127.0.0.1:$port
rgw dns name = s3.test
rgw enable usage log = false
CONF

caps=(--cap mon 'allow *' --cap osd 'allow *')
ceph-authtool --create-keyring "$dir/keyring" --gen-key -n mon. --cap mon 'allow *' >/dev/null
for name in client.admin osd.0 client.rgw.tests; do
  ceph-authtool "$dir/keyring" --gen-key -n "$name" "${caps[@]}" >/dev/null
done

# Ceph wants no root.
as=()
if [ "$(id -u)" -eq 0 ]; then
  chown -R ceph:ceph "$dir"
  as=(setpriv --reuid ceph --regid ceph --init-groups env "HOME=$dir")
fi
conf=(-c "$dir/ceph.conf")
quiet() { "${as[@]}" "$@" >>"$dir/log/setup.log" 2>&1; }
ask() { quiet timeout 60 ceph "${conf[@]}" "$@"; }

stop_all() {
  for pid in "$dir"/*.pid; do
    [ ! -f "$pid" ] || kill "$(cat "$pid")" 2>/dev/null || true
  done
}
trap 'echo "The S3 server did not start:" >&2; tail -20 "$dir"/log/*.log >&2; stop_all' ERR

quiet monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$((port + 10))]" "$dir/monmap"
quiet ceph-mon "${conf[@]}" --mkfs -i a --monmap "$dir/monmap" --keyring "$dir/keyring"
quiet ceph-mon "${conf[@]}" -i a
ask auth import -i "$dir/keyring"
# The same name in both, or the store never counts as up.
osd=$(cat /proc/sys/kernel/random/uuid)
ask osd new "$osd"
quiet ceph-osd "${conf[@]}" -i 0 --mkfs --osd-uuid "$osd"
quiet ceph-osd "${conf[@]}" -i 0
quiet timeout 120 radosgw-admin "${conf[@]}" -n client.rgw.tests user create --uid tests --display-name tests --access-key "$access" --secret "$secret"
quiet radosgw "${conf[@]}" -n client.rgw.tests

if [ -n "$watched" ]; then
  setsid bash -c '
    tail --pid="$2" -f /dev/null
    for pid in "$1"/*.pid; do kill "$(cat "$pid")"; done
    rm -rf "$1"' watch "$dir" "$watched" >/dev/null 2>&1 </dev/null &
fi
for _ in $(seq 600); do
  if curl -fs "http://127.0.0.1:$port/" >/dev/null; then echo ready; exit 0; fi
  sleep 0.1
done
false
