# Types of authorities and their fields.
error-kind-changed = The type can't be changed so: add another authority.
error-field-not-of-kind = An authority of this type doesn't have this field.
error-static_challenge-needed = The fixed challenge is needed: a known one is never sent to another address.
authority-static-challenge = Challenge
authority-static-challenge-hint = The one challenge that the server asks of everyone; at EJBCA the alias's RA authentication password. Never shown again; encrypted at rest.
authority-static-challenge-kept = Fixed, stored, never shown
authority-static-promise = Whoever holds the fixed challenge can ask the server for any certificate, and each device that asks through Sceau receives it. Let the server be reachable from Sceau alone.
authority-ca-name = Name of the CA
authority-ca-name-hint = Only if the server has several: the message of GetCACert.
authority-scep-url-hint-ejbca = As in https://ca.example.com/ejbca/publicweb/apply/scep/ALIAS/pkiclient.exe
authority-scep-url-hint-generic = As in https://ca.example.com/scep
removal-ask = Remove…
removal-title = Remove { $name }
removal-in-the-way = What is in the way
removal-effects = What happens
removal-column-configuration = Configuration
removal-column-waiting = Waiting
removal-column-verified = Verified
removal-confirm = Name of the authority
removal-confirm-hint = Typed exactly, to confirm what is said above.
error-confirm-invalid = Type the exact name of the authority.
removal-configuration = { $name }: { $count ->
    [0] no device
    [one] one device
   *[other] { $count } devices
}, { $waiting } waiting, { $verified } verified
removal-configurations = { $count ->
    [one] One configuration names this authority. Give it another authority, or remove it, first.
   *[other] { $count } configurations name this authority. Give them another authority, or remove them, first.
}
removal-valid-certificates = { $count ->
    [one] One certificate of this authority still counts, and whoever checks it asks here for the revocation list. Revoke it or wait until it ends.
   *[other] { $count } certificates of this authority still count, and whoever checks them asks here for the revocation list. Revoke them or wait until they end.
}
removal-waiting = { $count ->
    [one] One device waits for a challenge of this authority and won't get one.
   *[other] { $count } devices wait for a challenge of this authority and won't get one.
}
removal-slots = { $count ->
    [one] One challenge is out. Whoever holds it can't use it through Sceau any more.
   *[other] { $count } challenges are out. Whoever holds one can't use it through Sceau any more.
}
removal-orders = { $count ->
    [one] One order was not used yet. Its address stops working.
   *[other] { $count } orders were not used yet. Their addresses stop working.
}
removal-requests = { $count ->
    [one] One request has no answer yet, or none that is known. What becomes of it can then be seen at the authority alone.
   *[other] { $count } requests have no answer yet, or none that is known. What becomes of them can then be seen at the authority alone.
}
removal-password = The stored password is erased.
removal-static-challenge = The stored challenge is erased.
removal-key = The authority's key is erased. Nothing can ever be issued or revoked with it again.
removal-key-in-token = The authority's key stays in its token; Sceau forgets it.
removal-history = What it issued, its ledger of challenges and the activity stay to be read. Certificates on devices stay there, and nobody renews them.
removal-ask-yes = Nothing was removed. Say --yes to do it.
authority-sign-in = Sign-in
authority-allows-basic = Allow Basic authentication
authority-allows-basic-hint = Used over https alone, and only where the challenge URL offers neither NTLM nor Negotiate: Basic sends the password itself to the server.
authority-prefers-kerberos = Prefer Kerberos authentication
authority-prefers-kerberos-hint = Begins with Negotiate where the challenge URL offers it, and with NTLM elsewhere.
authority-kdc = Key distribution center
authority-kdc-hint = A domain controller as host or host:port. Empty: the domain's own name.
authority-more = Watch and trusted certificates
authority-watch-minutes = Look at it every (minutes)
error-allows_basic-plain-http = Basic sends the password itself. It is allowed over https alone: use an https challenge URL, or untick it.
error-kdc-invalid = Write the key distribution center as host or host:port.
error-watch_minutes-invalid = Give a whole number of minutes from 5 to 1440.
error-ca_name-invalid = The name of a CA has at most 256 characters, and no control characters.
