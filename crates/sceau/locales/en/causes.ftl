cause-variable-missing = The variable { $variable } can't be filled for this device.
advice-variable-missing = Enter the attribute behind { $variable } in the person's record (People), or take the variable out of the configuration.
cause-subject-invalid = The subject can't be written for Windows: { $detail }
advice-subject-invalid = Correct the person's attributes, or the subject in the configuration.
cause-san-invalid = The alternative name of type { $kind } can't be written: { $detail }
advice-san-invalid = Correct the person's attributes, or the row in the configuration.
cause-challenge-being-fetched = A challenge is being fetched from the authority.
advice-challenge-being-fetched = Nothing: it takes a moment.
cause-slots-taken = All { $max } challenges of the authority are out, held by devices that have not used theirs. The next is free at { $until } at the latest.
advice-slots-taken = Wait. If this happens often, raise PasswordMax on the NDES server, and the limit in the authority's form with it.
cause-cache-full = NDES says that its password cache is full. It is asked again at { $until }.
advice-cache-full = Wait. If this happens often, raise PasswordMax on the NDES server, and see that nothing else takes challenges there.
cause-authority-unreachable = { $what ->
    [name] The name { $place } can't be resolved: the authority can't be reached.
    [refused] Nobody listens at { $place }: the authority can't be reached.
    [silent] The authority did not answer in time.
    [busy] The authority has not yet answered all the requests that it may have at once.
    [proxy] The proxy { $place } doesn't lead to the authority.
    [tls] TLS with { $place } failed.
    [broken] The connection to the authority broke before its answer came.
    [http] The authority answered with an HTTP error ({ $detail }).
    [page_status] The authority's page of challenges answered with HTTP status { $place }.
    [not_understood] The authority answered with something else than what it was asked for.
    [no_scheme] The page of challenges offers no way to sign in that is accepted here.
    [basic_only] The page of challenges takes nothing but Basic, which sends the password itself.
    [kerberos_only] The page of challenges takes nothing but Kerberos.
   *[other] The authority doesn't answer: { $detail }.
} It is tried again at { $until }.
advice-authority-unreachable = { $what ->
    [no_scheme] Allow NTLM for the page of challenges in IIS.
    [basic_only] Allow NTLM for the page of challenges in IIS; or allow Basic in the authority's form, with an https challenge URL.
    [kerberos_only] Allow NTLM for the page of challenges in IIS (a provider of Windows authentication); or prefer Kerberos in the authority's form.
   *[other] Test the connection on the authority's page; look whether NDES, its application pool and the network between are up.
}
cause-sign-in-refused = The authority refused the user name or the password.
advice-sign-in-refused = Enter the right password on the authority's page. Until then Sceau doesn't sign in again, so as not to lock the account. If it is right and the challenge URL is http: a page that requires Extended Protection takes https alone.
cause-account-refused = The key distribution centre refuses the account: { account-problem }
account-problem = { $why ->
    [expired] the account has expired (KDC_ERR_NAME_EXP).
    [unknown] the account isn't known there (KDC_ERR_C_PRINCIPAL_UNKNOWN).
    [locked] the account is locked, disabled, or may not sign in now (KDC_ERR_CLIENT_REVOKED).
    [password-expired] its password has expired (KDC_ERR_KEY_EXPIRED).
    [password-wrong] its password is wrong (KDC_ERR_PREAUTH_FAILED).
   *[other] { $why }.
}
advice-account-refused = { $why ->
    [expired] Take the end date off the account in Active Directory, then test the connection on the authority's page. Until then Sceau doesn't sign in again.
    [unknown] Compare the user name and its domain on the authority's page with the account in Active Directory. Until the test is asked for again, Sceau doesn't sign in.
    [locked] Unlock or enable the account in Active Directory, and see who signs in with an old password; then test the connection on the authority's page. Until then Sceau doesn't sign in again.
    [password-expired] Set a new password in Active Directory and have it never expire, as for a service account; then enter it on the authority's page. Until then Sceau doesn't sign in again.
   *[other] Enter the right password on the authority's page. Until then Sceau doesn't sign in again, so as not to lock the account. If it is the right one, the account may have no AES key: change its password once.
}
cause-no-permission = The account was let in, but may not get challenges.
advice-no-permission = On the CA, give the account the right to enrol with the certificate templates that NDES uses.
cause-page-not-understood = The challenge page can't be understood: { $excerpt }
advice-page-not-understood = Open the challenge URL in a browser with the same account and see what it shows; a front end may answer in place of NDES.
cause-user-not-signed-in = The certificate is for the user's store, and its user isn't signed in to Windows.
advice-user-not-signed-in = Nothing: it is delivered when the user has signed in.
cause-message-too-large = The order takes { $octets } octets, and the device takes { $limit } at most.
advice-message-too-large = Raise the message size of the device's management client, or make the order smaller: fewer alternative names, a shorter subject. No challenge is spent meanwhile; it is delivered as soon as it fits.
cause-command-refused = The device refused the command with status { $status } at { $node }.
advice-command-refused = Look at the device's timeline; try again. If it stays so, enrol the device anew.
cause-authority-refused = The authority refused the request (failInfo { $fail_info }).
advice-authority-refused = Look into the application log of the NDES server and the failed requests of the CA.
cause-authority-refused-bad-request = The authority refused the request as not permitted.
advice-authority-refused-bad-request = The challenge was wrong, used or too old, or the template doesn't allow what was asked for. Look into NDES's application log (events 28, 29, 31) and the CA's failed requests.
cause-authority-refused-bad-time = The authority refused the request because of its time.
advice-authority-refused-bad-time = Set the clocks of the device, the NDES server and the CA.
cause-authority-refused-hresult = The authority refused the request: { $name } ({ $code }).
advice-authority-refused-hresult = Look up { $code } in the CA's failed requests and in the application log of the NDES server.
cause-challenge-expired = The challenge's life was over before the device used it.
advice-challenge-expired = Nothing: a new one is fetched when the device next speaks. If it happens often, look why devices reach the SCEP address so late.
cause-no-answer = The device took the command and then never reached the authority.
advice-no-answer = See that the device reaches the SCEP address (DNS, firewall, proxy, TLS), then try again.
cause-certificate-mismatch = The device shows another certificate than was ordered: { $field } is “{ $shown }” instead of “{ $ordered }”.
advice-certificate-mismatch = With NDES the template on the CA decides about much: compare it with the configuration. If the subject is another's, look at the device before you trust it.
cause-certificate-gone = The device no longer holds the certificate.
advice-certificate-gone = Find out who deletes it (a person, a script, a policy), then try again.
cause-queued-behind = This device waits for a challenge of the authority at place { $place } ({ $ahead } before it).
advice-queued-behind = Nothing: each device gets its challenge in its turn. To go faster, raise PasswordMax on the NDES server, and the limit in the authority's form with it.
cause-queued-behind-until = This device waits for a challenge of the authority at place { $place } ({ $ahead } before it); its turn comes around { $until }.
advice-queued-behind-until = Nothing: each device gets its challenge in its turn. To go faster, raise PasswordMax on the NDES server, and the limit in the authority's form with it.
cause-slots-held-silent = { $held } of { $max } challenges are held by silent devices until { $until }.
advice-slots-held-silent = Wait, or switch those devices on. If this happens often, raise PasswordMax on the NDES server, and the limit in the authority's form with it.
cause-challenge-forgotten = The authority was restarted and forgot the challenge before the device used it.
advice-challenge-forgotten = Nothing: a new challenge is fetched when the device next speaks. If it happens often, look at the recycling times of NDES's application pool.
cause-challenge-not-asked = The authority asks for no challenge: it gives a certificate to whoever reaches it.
advice-challenge-not-asked = Set EnforcePassword to 1 on the NDES server and restart its application pool.
cause-page-truncated = The challenge page ended in the middle.
advice-page-truncated = Nothing: it is asked for again. If it stays so, look at whatever stands in front of NDES.
cause-policy-module = A policy module of the authority answered in place of its page: { $detail }
advice-policy-module = Use an NDES server without a policy module (Intune's certificate connector installs one), or remove the module.
cause-kerberos-impossible = Kerberos can't be used to sign in to the authority: { ticket-problem }
ticket-problem = { $why ->
    [unreachable] the key distribution centre doesn't answer.
    [no-domain] the user name has no domain; write it as DOMAIN\user or user@domain.
    [other-realm] the account or the server belongs to a domain whose key distribution centre isn't known.
    [no-service] no account holds the server's service principal name, HTTP/ and the host of the challenge URL.
    [clock] the clocks of the server and of the domain controller differ by too much.
    [no-cipher] the account or the server has no AES key; change its password once, and allow AES for it.
    [refused] the server refuses the ticket; the account with its service principal name isn't the one that its application pool runs as, or the sign-in lost its channel binding on the way.
    [not-understood] the answer of the key distribution centre isn't understood.
   *[other] the key distribution centre refuses ({ $why }).
}
advice-kerberos-impossible = { $why ->
    [unreachable] See that a domain controller runs and that port 88 (TCP) is open from this server to it; or name one as key distribution center on the authority's page.
    [no-domain] Write the user name on the authority's page with its domain.
    [other-realm] Use an account of the server's own domain, and name a domain controller of that domain as key distribution center; or let NTLM be used.
    [no-service] Register the name for the account that the application pool of NDES runs as (setspn -S HTTP/host account), and use that host in the challenge URL, not an address.
    [clock] Have the NDES server and the domain controllers take their time from the same source (w32tm /resync); five minutes are borne.
    [no-cipher] Change the password of the account, and allow AES for it (msDS-SupportedEncryptionTypes 24); do the same for the account that NDES runs as.
    [refused] Register HTTP/host for the account of the application pool alone (setspn -X finds doubles), and let nothing end TLS in front of NDES where it requires channel binding.
    [not-understood] Look at the server's log, and see that a domain controller answers at that address; or let NTLM be used.
   *[other] Look the code up in RFC 4120 §7.5.9 and in the domain controller's log; or let NTLM be used.
}
cause-thumbprint-of-another = The device was given the thumbprint { $ordered }, but the issuer of the authority's certificates now has { $issuer }.
advice-thumbprint-of-another = Take over the authority's new chain on its page, then deliver again.
cause-still-pending = The request still waits for approval at the authority, and the device no longer asks (times asked: { $polls }).
advice-still-pending = Approve the request at the CA, then try again; or take CA manager approval off the template.

cause-device-error-http-bad-request = The device got HTTP 400 from the SCEP address ({ $code }).
advice-device-error-http-bad-request = Look at the address in the configuration and at whatever stands in front of NDES.
cause-device-error-http-sign-in = The SCEP address asks the device to sign in ({ $code }).
advice-device-error-http-sign-in = Allow anonymous access to /certsrv/mscep in IIS; only mscep_admin asks for an account.
cause-device-error-http-forbidden = The SCEP address is forbidden to the device ({ $code }).
advice-device-error-http-forbidden = In IIS set client certificates to Ignore, and clear the server's trusted roots of certificates that aren't self-signed.
cause-device-error-http-not-found = There is nothing at the SCEP address ({ $code }).
advice-device-error-http-not-found = Correct the SCEP URL of the authority, or install the NDES role on that server.
cause-device-error-http-method = The SCEP address doesn't take POST ({ $code }).
advice-device-error-http-method = Let POST requests through the proxy or firewall in front of NDES.
cause-device-error-http-proxy = A proxy stopped the device's request ({ $code }).
advice-device-error-http-proxy = Exempt the SCEP address from the proxy for devices.
cause-device-error-http-client-error = The SCEP address refused the device's request ({ $code }).
advice-device-error-http-client-error = Look at whatever stands in front of NDES.
cause-device-error-http-server-error = NDES or the CA behind it failed ({ $code }).
advice-device-error-http-server-error = Look into NDES's application log (event 31), at its service account and at its registration authority certificates.
cause-device-error-http-gateway = A server between the device and NDES got no good answer ({ $code }).
advice-device-error-http-gateway = Start the SCEP application pool; see that the proxy reaches NDES and that revocation lists can be fetched.
cause-device-error-timeout = The device got no answer in time ({ $code }).
advice-device-error-timeout = See that NDES reaches the CA, and how long it takes.
cause-device-error-name-not-resolved = The device can't resolve the name of the SCEP address ({ $code }).
advice-device-error-name-not-resolved = Publish the name in the DNS that the device uses.
cause-device-error-cannot-connect = The device can't connect to the SCEP address ({ $code }).
advice-device-error-cannot-connect = Open the port in the firewall between the device and the server.
cause-device-error-bad-http-answer = The device got an answer that is no proper HTTP ({ $code }).
advice-device-error-bad-http-answer = See that nothing between changes answers, and that the server doesn't ask for a client certificate there.
cause-device-error-tls = The device can't agree on TLS with the SCEP address ({ $code }).
advice-device-error-tls = Windows' SCEP client speaks TLS 1.2: allow it; check the server's certificate (name, dates, chain) and the device's clock.
cause-device-error-tls-certificate = The device doesn't accept the server's TLS certificate ({ $code }).
advice-device-error-tls-certificate = Give the server a certificate with the right name that the device trusts, or put its root onto the device first.
cause-device-error-network = The device had trouble with the network ({ $code }).
advice-device-error-network = Try again when the device has a good connection.
cause-device-error-thumbprint = The thumbprint in the configuration isn't that of the authority's certificate ({ $code }).
advice-device-error-thumbprint = Test the authority, then save the configuration with the SHA-1 of the issuing CA. It changes when the CA is renewed.
cause-device-error-answer-attributes = The authority's answer lacks something that Windows needs ({ $code }).
advice-device-error-answer-attributes = Update the SCEP server.
cause-device-error-answer-recipient = The authority encrypted its answer for another certificate ({ $code }).
advice-device-error-answer-recipient = The SCEP server must answer to the certificate of the request: update it.
cause-device-error-answer-signer = The authority's answer is signed by a certificate that it doesn't show ({ $code }).
advice-device-error-answer-signer = Restart NDES after its registration authority certificates were renewed, then test the authority.
cause-device-error-answer-not-scep = The device got something that is no SCEP answer ({ $code }).
advice-device-error-answer-not-scep = See what the SCEP address answers: most likely an error page in HTML.
cause-device-error-certificate-gone = The certificate or its key is gone from the device ({ $code }).
advice-device-error-certificate-gone = Find out who deleted it, then try again.
cause-device-error-revocation = The device or NDES can't check whether a certificate is revoked ({ $code }).
advice-device-error-revocation = Publish the CA's revocation lists by http, reachable for devices and NDES.
cause-device-error-subject = The subject was not accepted ({ $code }).
advice-device-error-subject = Shorten or correct the subject; a name holds at most 64 characters.
cause-device-error-expired = A certificate on the way isn't valid now ({ $code }).
advice-device-error-expired = Check the device's clock, and whether the registration authority certificates have expired.
cause-device-error-untrusted-root = The device doesn't trust the authority's root ({ $code }).
advice-device-error-untrusted-root = Try again: Sceau puts the root there first. After a renewal of the CA, issue the registration authority certificates anew.
cause-device-error-chain = The device can't build the chain of the certificate ({ $code }).
advice-device-error-chain = See that the intermediate certificates can be fetched, and test the authority.
cause-device-error-key = The device's key or a signature is damaged ({ $code }).
advice-device-error-key = Try again: a new key is made.
cause-device-error-ndes-key-store = NDES's own key store is damaged ({ $code }).
advice-device-error-ndes-key-store = On the NDES server, set the single password anew or issue its registration authority certificates again.
cause-device-error-key-provider = The key provider doesn't suit the certificate template ({ $code }).
advice-device-error-key-provider = Use a template of version 2 or later with a key storage provider.
cause-device-error-key-missing = The device doesn't find the key it made ({ $code }).
advice-device-error-key-missing = Try again: a new key is made.
cause-device-error-key-needs-person = The key needs a person at the device ({ $code }).
advice-device-error-key-needs-person = Choose TPM or software as the key's storage for certificates of the device.
cause-device-error-tpm-refuses-key = The device's TPM can't make such a key ({ $code }).
advice-device-error-tpm-refuses-key = Choose 2048 bits, or “TPM if present” or “software” as the key's storage.
cause-device-error-tpm = The device's TPM has trouble ({ $code }).
advice-device-error-tpm = Update the firmware of the TPM, or clear it after saving its keys.
cause-device-error-ca-no-request = The CA doesn't know the request any more ({ $code }).
advice-device-error-ca-no-request = Try again.
cause-device-error-ca-denied = The CA doesn't let the account of NDES enrol ({ $code }).
advice-device-error-ca-denied = Give the NDES account the right to enrol, on the CA and on the template.
cause-device-error-ca-manager-denied = A manager of the CA denied the request ({ $code }).
advice-device-error-ca-manager-denied = Ask the CA's manager.
cause-device-error-ca-template = The CA doesn't offer the certificate template ({ $code }).
advice-device-error-ca-template = Publish the template on the CA, and name it in NDES's registry for all three purposes.
cause-device-error-ca-template-data = The request lacks something that the template demands ({ $code }).
advice-device-error-ca-template-data = Add it to the configuration (an alternative name, most often), or change the template.
cause-device-error-ca-key-length = The key is shorter than the template allows ({ $code }).
advice-device-error-ca-key-length = Raise the key length in the configuration to at least 2048.
cause-device-error-ca-unreachable = NDES doesn't reach the CA ({ $code }).
advice-device-error-ca-unreachable = Start the CA's service; open port 135 and the dynamic ports between NDES and the CA.
cause-device-error-ca-refused = The CA refused the request ({ $name }, { $code }).
advice-device-error-ca-refused = Look at the CA's failed requests.
cause-device-error-argument = Windows can't use something in the configuration ({ $code }).
advice-device-error-argument = Check subject, alternative names, usages and key length of the configuration.
cause-device-error-smart-card = Windows looked for a smart card ({ $code }).
advice-device-error-smart-card = Choose TPM or software as the key's storage.
cause-device-error-enrolment = The device's enrolment has trouble ({ $code }).
advice-device-error-enrolment = Remove the device's enrolment under “Access work or school” and enrol it anew.
cause-device-error-unknown = The device reported { $code } ({ $name }).
advice-device-error-unknown = Look up { $code }; the event log DeviceManagement-Enterprise-Diagnostics-Provider on the device tells more. Then try again.
cause-device-error-interrupted = The device ended its request for the certificate in the middle ({ $code }): it was switched off, most likely.
advice-device-error-interrupted = There is nothing to do: it is tried again when the device is back.
cause-device-error-accepted = The device took the order and is still at work ({ $code }).
advice-device-error-accepted = Nothing: its state is asked for again.
cause-device-error-connector-tls = The certificate connector on the NDES server failed to agree on TLS ({ $code }).
advice-device-error-connector-tls = Run the connector's set-up again: its own certificate has the wrong name. Better, use an NDES server without the connector.
cause-tpm-missing = The key must be in a TPM, and the device told that it has none that is ready.
advice-tpm-missing = Switch the TPM on in the device's firmware and see in Windows' tpm.msc that it is ready, or choose “TPM if present” as the key's storage in the configuration. The device is asked again in each session and goes on by itself.
cause-windows-too-old = The device's Windows is { $version }, and this configuration needs { $needed } or later.
advice-windows-too-old = Update Windows on the device. Where the configuration asks for SHA-3 alone, allow SHA-2 as well. The device is asked again in each session and goes on by itself.
cause-serial-not-listed = The device's serial number ({ $serial }) is not on the list of those that get certificates.
advice-serial-not-listed = If it is one of your devices, add its serial number under Admin > Enrolment. The device is asked again in each session and goes on by itself. If it told none, its maker left the field empty: take it out of the distribution, or empty the list.
cause-edition-unsupported = The device's edition of Windows ({ $edition }) doesn't take certificates over management, by Microsoft's lists.
advice-edition-unsupported = Change the edition of Windows to one that does, such as Pro, Enterprise or Education, or take the device out of the distribution. The device is asked again in each session and goes on by itself.
