# The steps of the test of an authority.
test-good = Good
test-note = Note
test-warning = Look at this
test-failed = Failed
test-skipped = Not tried

test-summary = { $count ->
    [0] Nothing failed.
    [one] One step failed.
   *[other] { $count } steps failed.
}

test-step-scep-name = SCEP address: name
test-step-scep-connection = SCEP address: connection
test-step-scep-tls = SCEP address: TLS
test-step-capabilities = Capabilities (GetCACaps)
test-step-certificates = Certificates (GetCACert)
test-step-certificate = Certificate
test-step-chain = Chain
test-step-thumbprint = Thumbprint for Windows
test-step-revocation = Revocation list
test-step-challenge-name = Challenge address: name
test-step-challenge-connection = Challenge address: connection
test-step-challenge-tls = Challenge address: TLS
test-step-sign-in = Sign-in
test-step-permission = Permission to get challenges
test-step-key = Key

test-skipped-after-failure = Not tried, because of the failure before.

test-name-good = { $host } is at { $addresses }.
test-name-by-proxy = The name { $host } is resolved by the proxy { $proxy }.
test-name-unknown = The name { $host } can't be resolved. Check its spelling, and the DNS of this server.
test-address-unusable = { $place } can't be used as an address.
test-connection-good = { $address } takes connections.
test-connection-by-proxy = { $place } takes connections through the proxy { $proxy }.
test-connection-proxy = { $place } is not reached: the proxy { $proxy } can't be used. { $detail }
test-connection-refused = { $place } refuses connections: nothing listens there, or a firewall refuses for it.
test-connection-timed-out = { $place } did not answer in time: it is off, or a firewall drops the packets.
test-connection-failed = { $place } can't be reached. The system says: { $detail }

test-tls-good = { $version } with { $suite }. Certificate of { $subject }, issued by { $issuer }, until { $until }.
test-tls-expiring = { $version } with { $suite }. The certificate of { $subject }, issued by { $issuer }, ends soon: { $until }. { $count ->
    [one] One day is left.
   *[other] { $count } days are left.
}
test-tls-plain-scep = Plain http. SCEP encrypts and signs its messages itself, so this is usual.
test-tls-plain-challenge = Plain http: the challenge travels in clear, and a person accepted that. Better is https.
test-tls-none = { $place } answers with something that is no TLS. Is it the right port?
test-tls-no-common-suite = { $place } offers no cipher suite or version that is spoken here, as Windows Server 2012 R2 with an RSA certificate does. Use Windows Server 2016 or later, or an ECDSA certificate, or an http address for SCEP.
test-tls-unknown-issuer = The certificate of { $place } comes from an authority that isn't trusted. Give that authority's certificate as trusted certificate.
test-tls-common-name-only = The certificate of { $place } isn't for this name, or has a common name only. It needs the name as a subject alternative name.
test-tls-other-name = The certificate of { $place } is for other names: { $names }
test-tls-expired = The certificate of { $place } has expired. Renew it.
test-tls-not-yet = The certificate of { $place } is not valid yet. Compare the clocks.
test-tls-authority-as-server = The certificate of { $place } is that of an authority, such as one that signed itself. The server needs one that was issued to it.
test-tls-certificate = The certificate of { $place } is not accepted: { $detail }
test-tls-failed = TLS with { $place } failed: { $detail }

test-capabilities-good = It can: { $list }
test-capabilities-empty = It answers without saying what it can do. Sceau sends SHA-256 and triple DES, by GET.
test-capabilities-status = It doesn't say what it can do (HTTP status { $status }). Sceau sends SHA-256 and triple DES, by GET.
test-capabilities-unanswered = The question what it can do got no answer.
test-capabilities-no-post = POSTPKIOperation is missing: requests go by GET, and web servers cut long addresses off. Turn it on.
test-capabilities-weak-hash = Neither SHA-256 nor a longer hash is offered. Turn SHA-256 on.
test-capabilities-no-aes = AES is missing: requests are encrypted with triple DES. NDES has nothing else.
test-capabilities-no-renewal = Renewal is missing: each renewal takes a new challenge.

test-certificates-good = { $count ->
    [one] It showed one certificate.
   *[other] It showed { $count } certificates.
}
test-certificates-unanswered = The question for its certificates got no answer.
test-certificates-status = The address answers, but not as a SCEP server: HTTP status { $status }. For NDES it ends in /certsrv/mscep/mscep.dll.
test-certificates-not-scep = The address answers, but not as a SCEP server: it sent { $type } in place of certificates. For NDES it ends in /certsrv/mscep/mscep.dll.

test-certificate-good = { $subject } ({ $roles }), until { $until }. SHA-1 { $sha1 }, SHA-256 { $sha256 }, MD5 { $md5 }
test-certificate-expiring = { $subject } ({ $roles }) ends soon, { $until }: { $count ->
    [one] one day is left.
   *[other] { $count } days are left.
} Renew it in time, or enrolment stops. SHA-1 { $sha1 }, SHA-256 { $sha256 }, MD5 { $md5 }
test-certificate-expired = { $subject } ({ $roles }) ended on { $until }. Renew it: until then no device gets a certificate. SHA-1 { $sha1 }, SHA-256 { $sha256 }, MD5 { $md5 }
test-certificate-not-yet = { $subject } ({ $roles }) counts only from { $from }. Compare the clocks. SHA-1 { $sha1 }, SHA-256 { $sha256 }, MD5 { $md5 }

test-chain-ra = { $signing } signs the answers and { $encryption } decrypts the requests; both were issued by { $issuer }.
test-chain-no-ra = { $subject } speaks for itself, without a registration authority.
test-chain-no-ra-usages = { $subject } speaks for itself, without a registration authority, and its key usage lacks { $usages }. Windows wants digitalSignature and keyEncipherment there and may stop. Give the server a CA certificate with both, or certificates of a registration authority.
test-chain-ra-foreign = The RA certificate { $subject } was issued by { $issuer }, which is none of the CA certificates shown. Windows stops there. After a renewal of the CA, the RA's certificates must be issued anew.
test-chain-no-root = The chain ends below its root, { $issuer }. Devices need that root by another way.
test-chain-changed = Another CA is shown than the one stored: the SHA-1 was { $before }, and is { $now }. Nothing was stored. Compare it with the CA itself, then take it over on the page of the authority.
test-chain-ra-renewed = The certificates of the RA were renewed. They were taken over.

test-thumbprint-shown = Windows will compare { $sha1 }, the SHA-1 of { $subject }.
test-thumbprint-fits = The configuration { $configuration } gives devices this thumbprint.
test-thumbprint-differs = The configuration { $configuration } gives devices { $ordered }, but the authority is { $sha1 }: each device will stop with 0x80091007. Correct the configuration's thumbprint.

test-revocation-none = Its certificates name no revocation list.
test-revocation-good = The list at { $url } is valid until { $until }.
test-revocation-endless = The list at { $url } is valid; it doesn't say until when.
test-revocation-stale = The list at { $url } ended on { $until }. Publish a new one: until then, whoever checks refuses the certificates.
test-revocation-unreachable = The list at { $url } can't be reached from here.
test-revocation-status = The list at { $url } isn't given: HTTP status { $status }.
test-revocation-unreadable = What lies at { $url } is no revocation list.
test-revocation-foreign = The list at { $url } isn't from the authority that the certificates name.
test-revocation-unknown-signer = The list at { $url } can be read. Its signature can't be checked: the certificate of its issuer isn't shown.
test-revocation-not-http = { $url } is not checked from here: only http is.

test-sign-in-proved = { $user } was let in. No challenge was taken.
test-sign-in-proved-by-ntlm = { $user } was let in by NTLM. No challenge was taken. Kerberos, which is preferred, can't be used: { ticket-problem }
test-sign-in-not-proved = The sign-in is not proved: the address redirects without asking for it, as a front end does by itself. The full test proves it.
test-sign-in-refused = { $user } was refused: the user name or the password is wrong, or the account is locked. Sceau signs in no more until the password is changed or the test is asked for again.
test-sign-in-unbound = If the password is right: a page that requires Extended Protection refuses every sign-in over http. Give the challenge URL with https.
test-sign-in-account-refused = The key distribution centre refuses { $user }: { account-problem } Sceau signs in no more until the password is changed or the test is asked for again.
test-sign-in-no-permission = { $user } was let in, but may not get challenges: the account needs Enroll on the templates, and the permission on the page.
test-sign-in-no-scheme = The page offers no way to sign in that can be used here. Allow NTLM for it in IIS.
test-sign-in-basic-only = The page takes nothing but Basic, which sends the password itself. Allow NTLM for it in IIS; or allow Basic in the authority's form, with an https challenge URL.
test-sign-in-kerberos-only = The page takes nothing but Kerberos. Allow NTLM for it in IIS (a provider of Windows authentication); or prefer Kerberos in the authority's form.
test-sign-in-kerberos-impossible = The page takes nothing but Kerberos, which can't be used: { ticket-problem }
test-sign-in-unanswered = The sign-in got no answer in time.
test-sign-in-interrupted = The connection ended before the sign-in was complete. A proxy between must keep one connection for one client.
test-sign-in-page = The address answers with a page that isn't NDES's: { $excerpt }
test-sign-in-status = The address answers with HTTP status { $status }.
test-sign-in-no-challenge = NDES asks for no challenge (EnforcePassword is 0): whoever reaches it gets a certificate. Turn it on.
test-sign-in-took-challenge = The address without its last slash gives the challenge page itself: this test has taken a challenge, which holds one of the authority's slots. Let the server send on to the address with the slash, as NDES does.
test-sign-in-took-none = The address without its last slash gives the challenge page itself, and NDES says that its password cache is full. Let the server send on to the address with the slash, as NDES does.
test-sign-in-truncated = The page of challenges ended in its middle. Look at what stands between Sceau and the server.
test-sign-in-policy-module = A policy module answered in place of the page of challenges: { $excerpt }

test-permission-by-delivery = Last proved by the delivery of { $at }.
test-permission-by-order = Last proved by the order of { $at }.
test-permission-by-test = Last proved by the full test of { $at }.
test-permission-proved = Last proved at { $at }.
test-permission-not-proved = Not proved: run the full test, or let the first delivery prove it. Only a challenge proves it.
test-permission-policy-module = The SCEP address answers a browser with HTTP 403, as where a policy module is installed (by Intune's certificate connector): such an NDES gives its challenges to its own client alone. The full test shows whether one comes.
test-permission-static = The fixed challenge is not proved: only a certificate proves it. Run the full test.

test-key-good = The authority's key signs.
test-key-failed = The authority's key can't be used. The log says why, under number { $incident }.
test-list-good = Its revocation list, number { $number }, counts.
test-list-failed = Its revocation list can't be made. The log says why, under number { $incident }.

test-step-challenge = Challenge
test-step-enrolment = Enrolment
test-step-issued = Certificate given
test-challenge-taken = One challenge was taken.
test-challenge-cache-full = The authority holds as many unused challenges as it may. Try again when one was used or has ended.
test-challenge-slots-taken = All { $max } challenges that the authority holds at once are out. Try again when one was used or has ended.
test-challenge-md5-unknown = The page of challenges names { $md5 } (MD5), which is none of the certificates shown.
test-enrolment-issued = The authority gave a certificate.
test-enrolment-pending = The request waits for a person at the authority. Devices ask again by themselves; the test does not.
test-enrolment-refused = The authority refused the request ({ $code }). It says: { $text }
test-enrolment-impossible = No request can be written for this authority: its encryption certificate must hold an RSA key.
test-enrolment-unreachable = The request could not be sent.
test-enrolment-unanswered = The request was sent and got no answer.
test-enrolment-no-scep = The answer to the request is no SCEP message.
test-enrolment-algorithm = The authority answered with an algorithm that isn't taken here, as single DES and MD5 aren't. It may have issued a certificate: look there. Have the server answer with AES or triple DES; until then no certificate of it can be used.
test-enrolment-untrusted = The answer isn't signed by a certificate that the authority showed, or isn't to this request.
test-issued-good = { $subject }, issued by { $issuer }, from { $from } until { $until }, serial number { $serial }. Its key was thrown away: revoke it at the authority.
test-issued-differs = { $field ->
    [issuer] The issuer
    [subject] The subject
    [extended_key_usages] The extended key usage
    [key_usage] The key usage
    [key_length] The length of the key
    [subject_alternative_names] The alternative names
   *[certificate] The certificate
} isn't what was asked for: { $ordered } was, and { $shown } came. Devices would fail by the same difference.
test-issued-names-added = The authority added alternative names that nobody asked for: { $shown }. Some do so where none are ordered. Order one in the configuration, or have the authority add none: devices' certificates would not be taken for the ordered ones.
test-issued-unreadable = What the authority gave can't be read as a certificate.
test-issued-validity = It counts { $days } days, where { $ordered } were wished for. The authority decides that.
test-issued-hash = It is signed with { $hash }.
test-issued-hash-other = It is signed with { $hash }, which the configuration doesn't list.

authority-full-test = Full test
authority-full-test-title = Full test of { $name }
authority-full-test-lead = It takes one of the authority's challenges, asks for a certificate as a device would, compares it and shows it. The key is thrown away; revoke the certificate at the authority afterwards. The simple test takes nothing.
authority-full-test-tick = Take one challenge and ask for a certificate
authority-full-test-configuration = Configuration to compare with
authority-full-test-usual = None: what is usual
authority-full-test-certificate = The certificate
audit-authority-full-test = Full test of the authority made
error-full-test-consent = A full test takes a challenge: say so by takes_one_challenge.
error-configuration-not-of-authority = No configuration of this name asks this authority.
error-full-test-unticked = Tick that one challenge is to be taken, or use the simple test.
