#!/bin/sh
# Installs what the tests talk to: other people's SCEP clients and servers, NTLM client, database and browser.
set -eu
missing=
have() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }
for package in apache2-bin ca-certificates certmonger chromium curl dbus golang-github-smallstep-certificates-dev golang-go \
    gss-ntlmssp haproxy iproute2 krb5-admin-server krb5-kdc ldap-utils libapache2-mod-auth-gssapi libfaketime \
    libstrongswan-extra-plugins libstrongswan-standard-plugins nginx openssl postgresql-15 procps prometheus python3-aiosmtpd \
    python3-gssapi samba-ad-dc samba-ad-provision scep slapd softhsm2 squid strongswan-pki tinyproxy-bin util-linux winbind; do
    have "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "installing:$missing"
if [ "$(id -u)" -ne 0 ]; then
    echo "these Debian packages are needed, and only root can install them:$missing" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
# The tests start what they need by themselves, on loopback: no package starts a service here.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
fi
apt-get update -qq
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing >/dev/null
