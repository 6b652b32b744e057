#!/bin/sh
# certmonger, a SCEP client that nobody here wrote, on a session bus of its own and with all its state in the
# working folder. Starts the daemon, makes it know the CA at $1, asks for one certificate for CN=$2 with challenge $3
# (and with key.pem, if that lies there), and prints what became of it. Each further argument is a step after that:
# `resubmit` (the same key again) or `rekey` (a new one); what was held before it goes to old-cert.pem and old-key.pem.
# Every wait is bounded. Run it under `dbus-run-session`.
set -u
HERE=$(pwd)
for name in requests cas local conf tmp; do mkdir -p "$HERE/cm/$name"; done
export CERTMONGER_REQUESTS_DIR="$HERE/cm/requests" CERTMONGER_CAS_DIR="$HERE/cm/cas"
export CERTMONGER_LOCAL_CA_DIR="$HERE/cm/local" CERTMONGER_CONFIG_DIR="$HERE/cm/conf"
export CERTMONGER_TMPDIR="$HERE/cm/tmp" CERTMONGER_SYSTEM_LOCK_FILE="$HERE/cm/lock"
certmonger -s -n -d 2 >"$HERE/certmonger.log" 2>&1 &
DAEMON=$!
trap 'kill $DAEMON 2>/dev/null; wait' EXIT
await() {
    for i in $(seq 300); do "$@" >/dev/null 2>&1 && return 0; sleep 0.1; done
    echo "gave up waiting for: $*"; getcert list-cas -s -c laboratory -v; cat cm/cas/*-4; exit 1
}
await sh -c 'dbus-send --session --print-reply --dest=org.freedesktop.DBus / \
    org.freedesktop.DBus.NameHasOwner string:org.fedorahosted.certmonger | grep -q true'
getcert add-scep-ca -s -c laboratory -u "$1" || exit 1
await sh -c 'grep -lq ^ca_capabilities= cm/cas/* && grep -lq ^ca_encryption_cert= cm/cas/*'
getcert request -s -c laboratory -I wanted -k "$HERE/key.pem" -f "$HERE/cert.pem" -N "CN=$2" \
    -U 1.3.6.1.5.5.7.3.2 -u digitalSignature -u keyEncipherment -D "$2.example" -L "$3" -R || exit 1
status() { getcert list -s -i wanted | sed -n 's/.*status: //p'; }
# A request that a person has to approve is CA_WORKING: it is asked after at once, not when certmonger would.
ended() {
    case $(status) in
    MONITORING | CA_REJECTED | CA_UNREACHABLE | CA_UNCONFIGURED | NEED_GUIDANCE) return 0 ;;
    CA_WORKING) touch pending; sleep 0.3; getcert refresh -s -i wanted; return 1 ;;
    *) return 1 ;;
    esac
}
await ended
getcert list -s -i wanted
shift 3
for step in "$@"; do
    cp cert.pem old-cert.pem
    cp key.pem old-key.pem
    getcert "$step" -s -i wanted -w --wait-timeout 60
    await ended
    getcert list -s -i wanted
done
