authorities-title = Certificate Management
authorities-lead = The certificate authorities that Sceau asks for certificates: external ones, and its own.
authorities-empty = No certificate authority yet. Add the one whose NDES your devices are to use, or a built-in one.
authority-new-title = Add a certificate authority
authority-edit-title = Edit the certificate authority
authority-name = Name
authority-kind = Certificate authority type
authority-kind-microsoft = Microsoft
authority-kind-ejbca = EJBCA
authority-kind-generic-scep = Generic SCEP server
authority-scep-url = SCEP URL
authority-scep-url-hint = As in https://ndes.example.com/certsrv/mscep/mscep.dll
authority-username = Username
authority-username-hint = DOMAIN\user or user@domain: the account that may get challenges.
authority-password = Password
authority-password-hint = Never shown again; encrypted at rest.
authority-password-kept = Leave it empty to keep the stored one.
authority-challenge-url = Challenge URL
authority-challenge-url-hint = As in https://ndes.example.com/certsrv/mscep_admin/
authority-plain-http = Use the challenge URL over plain http: the challenge travels in clear, and I accept that
authority-trust = Trusted certificates for the authority's https (PEM)
authority-trust-hint = If its web server's certificate comes from a private CA. Then these certificates alone are trusted; without any, the public authorities are.
authority-trusts-public = Trust public authorities too
authority-trusts-public-hint = Only if one of its addresses has a certificate of a public authority, beside the private ones.
authority-limits = Challenge limits
authority-limits-hint = NDES holds five unused challenges, for sixty minutes each, unless PasswordMax and PasswordValidity were changed in its registry.
authority-max-unused = Unused challenges at most (PasswordMax)
authority-lifetime = Life of a challenge (seconds)
authority-safe-life = Deliver a challenge within (seconds)
authority-backoff = Wait after a full cache (seconds)
authority-breaker = Wait after an outage (seconds)
authority-test = Test connection
authority-test-title = What the test found
authority-capabilities = Capabilities
authority-chain = Certificates
authority-chain-subject = Subject
authority-chain-expires = Expires
authority-permission = Permission to get challenges
authority-permission-proved = Last proved by a challenge
authority-permission-not-proved = Not proved yet: only a challenge proves it, and the first delivery or order takes one.
authority-health-good = Works
authority-health-stopped = Sign-in stopped
authority-health-quiet = Resting
authority-health-unknown = Not used yet
authority-health-label = State
authority-slots = { $held } of { $max } challenges are out
authority-used-by = { $count ->
    [0] No configuration uses it.
    [one] One configuration uses it.
   *[other] { $count } configurations use it.
}
authority-reusable = One challenge for everybody
authority-reusable-since = since
authority-reusable-title = This NDES gives the same challenge to everybody
authority-reusable-text = UseSinglePassword is set there. Nothing runs out: the challenge is kept sealed and given to each device until NDES refuses it. But whoever learns it can have certificates made under any name until it is changed. Set UseSinglePassword to 0 unless other devices need it.
authority-promise-title = What can't be promised with NDES
authority-promise-text = The holder of a challenge writes the subject of the request, and Sceau can't see or change it: it is encrypted for the authority. Sceau gives each challenge to one transaction only and compares what the device shows with what was ordered. Let NDES be reachable from Sceau alone.
authority-checked-at = Certificates last read
error-authority-in-use = { $count ->
    [one] A configuration still uses this authority: { $names }.
   *[other] { $count } configurations still use this authority: { $names }.
}
authority-challenges = Challenges
thumbprint = Thumbprint
