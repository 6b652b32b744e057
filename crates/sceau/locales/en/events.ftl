event-enrolled = The device enrolled for { $username }.
event-identity-renewed = The device renewed its own identity.
event-identity-replaced = The device used its renewed identity. The one before counts no more.
event-session-started = The device began a session.
event-message-refused = The device refused the server's whole message and ended the session: nothing of it was carried out. Its next session asks what became of it. If this happens each time, enrol the device again.
event-value-lost = A large value that the device told in pieces arrived damaged or incomplete, and was not used. It is asked again; if this happens each time, look at what stands between the device and the server.
event-planned = “{ $configuration }” was planned, attempt { $attempt }.
event-already-trusted = The device already trusts this certificate of the authority.
event-trust-added = A certificate of the authority was put into the device's trust store.
event-waiting-for-challenge = It waits for a challenge.
event-sent = A challenge was obtained and the command sent.
event-accepted = The device accepted the command. That is not yet a certificate.
event-forwarded = { $message_type ->
    [17] A renewal was handed to the authority.
    [20] The device asked the authority what became of its request.
   *[other] The device's request was handed to the authority.
}
event-answered = { $status ->
    [success] The authority issued a certificate.
    [pending] The authority wants a person to approve the request.
    [failure] The authority refused the request.
    [unreachable] The authority can't be reached: nothing of the request went out.
    [busy] The authority has not answered as many requests as may wait for it: this one was not handed over.
    [http] The authority answered with an HTTP error in place of a SCEP message.
    [timed_out] The authority did not answer in time.
    [broken] The connection to the authority broke before its answer came.
    [too_long] The authority's answer is longer than what is read.
    [not_scep] The authority answered with something that is no SCEP message.
   *[other] The authority answered: { $status }.
}
event-request-refused = { $reason ->
    [other-transaction] A request at this delivery's address was refused: the address belongs to another transaction. Somebody else may know the address, or the device made a second key.
    [other-key] A request at this delivery's address was refused: it bears the right transaction, but another key signed it. Somebody else may know the address.
    [unknown-transaction] A poll at this delivery's address was refused: no request came before it.
    [message-type] A request at this delivery's address was refused: its kind (messageType { $message_type }) may not pass here.
    [challenge-expired] A request at this delivery's address was refused: it came after the challenge had expired.
    [not-awaited] A request at this delivery's address was refused: no request is awaited here any more.
    [outcome-unknown] A request at this delivery's address was refused: nobody knows whether the authority issued a certificate for the same request before, and a second one must not be issued.
   *[other] A request at this delivery's address was refused: { $reason }.
}
event-outcome-unknown = { $trouble ->
    [http] The request was handed to the authority, which failed (HTTP error): a certificate may exist that no device holds.
    [timed_out] The request was handed to the authority, which did not answer in time: a certificate may exist that no device holds.
    [not_scep] The request was handed to the authority, whose answer is no SCEP message: a certificate may exist that no device holds.
    [too_long] The request was handed to the authority, whose answer is longer than what is read: a certificate may exist that no device holds.
    [broken] The request was handed to the authority, and the connection broke before an answer came: a certificate may exist that no device holds.
   *[other] The request was handed to the authority and never answered: a certificate may exist that no device holds.
}
event-found-in-ledger = { $state ->
    [issued] The request got no answer. The authority's ledger tells: the certificate with the serial number { $serial } was issued. Who asks again gets it.
    [intended] The request got no answer. The authority's ledger tells: the certificate with the serial number { $serial } is decided and is being signed.
    [pending] The request got no answer. The authority's ledger tells: the request waits for a person.
    [refused] The request got no answer. The authority's ledger tells: a person refused the request.
    [revoked] The request got no answer. The authority's ledger tells: the certificate with the serial number { $serial } was issued, and is revoked.
   *[nothing] The request got no answer. The authority's ledger knows nothing of the request: no certificate was issued, and the challenge was not used.
}
event-not-installed = The authority issued a certificate that the device did not prove to hold: it may stand orphaned at the authority.
event-reported = { $status ->
    [1] The device says: installed.
    [2] The device says: pending at the CA.
    [16] The device says: failed.
    [32] The device says: still running.
   *[other] The device says: status { $status }.
}
event-verified = { $by_certificate ->
    [yes] The certificate is verified: the device showed all of it.
   *[no] The certificate is verified: the device gave its thumbprint.
}
event-failed = It failed.
event-retried = It is tried again.
event-unenrolled = { $how ->
    [sent_away] The device left: it had been told to, and said that it goes.
    [revoked] The device was revoked at once: its identity opens no session any more.
    [silent] The device left: nothing was heard of it for longer than is allowed. Its identity opens no session any more.
    [unheard] The device was told to leave and has been silent since: it counts as gone.
   *[user] The device left: its user ended the management.
}
event-same-hardware = { $is_newer ->
    [yes] { $name } has enrolled and says the same of its hardware as this device: the same machine set up anew, or a copy.
   *[no] { $name } enrolled earlier and says the same of its hardware: the same machine before it was set up anew, or a copy.
}
event-old-identity-shown = The device came with an identity that it had replaced: it was restored from a backup or a snapshot, or this is a copy. It gets nothing and must enrol again.
event-node-deleted = Deleted on the device, with the certificate where there was one.
event-removal-asked = { $keeps_certificates ->
    [yes] { $by } asked that the device leave, and that its certificates stay on it. That waits for its next session.
   *[no] { $by } asked that the device leave, and that its certificates be deleted. That waits for its next session.
}
event-removal-cancelled = { $by } took the removal back: the device stays.
event-removal-superseded = The device enrolled anew before it was told to leave: the removal that was asked for is void.
event-trust-gone = The device was asked again and no longer trusts this certificate of the authority: somebody took it away. It is put back.
event-trust-refused = The device would not take this certificate of the authority into its trust store. What needs it may fail.
event-trust-unwanted = { $by } asked that this certificate be taken out of the device's trust store: nothing needs it any more. That waits for its next session.
event-trust-released = Nothing needs this intermediate certificate any more: it is taken out of the device's store.
event-trust-needed = This certificate stays in the device's trust store: something needs it again, or it isn't Sceau's to take away.
event-trust-removed = A certificate of the authority was taken out of the device's trust store.
event-trust-kept = The device would not take this certificate out of its trust store: it stays there.
event-node-kept = What was set up here could not be deleted on the device before it left: it refused, or the user isn't signed in.
event-told-to-leave = The device was told to end the management.
event-leaving-refused = The device refused to end the management. It is told again in its next session.

audit-authority-add = Authority added
audit-authority-announce = Authority's next certificate announced
audit-authority-activate = Authority's next certificate taken into use
audit-certificate-revoke = Certificate revoked
audit-issuance-approve = Certificate request approved
audit-issuance-refuse = Certificate request refused
audit-authority-change = Authority changed
audit-authority-certificates = Authority's certificates read anew
audit-authority-remove = Authority removed
audit-configuration-add = Configuration added
audit-configuration-change = Configuration changed
audit-configuration-remove = Configuration removed
audit-assignment-put = Distribution changed
audit-delivery-retry = Certificate tried again
audit-device-check = Device to be asked for its certificates
audit-device-distrust = Certificate of an authority to be taken off a device
audit-device-put-away = Former device put away
audit-records-erase = Records erased
audit-device-remove = Removal of a device asked for
audit-device-revoke = Device revoked at once
audit-device-cancel-removal = Removal of a device taken back
audit-device-enrol = Device enrolled
audit-device-renew-identity = Device renewed its identity
audit-operator-add = Operator added
audit-operator-login-link = One-time link made
audit-operator-password = Operator's password changed
audit-operator-sign-in = Operator signed in
audit-operator-token = Token made
audit-order-place = SCEP address ordered
audit-person-add = Person added
audit-person-change = Person changed

chain-role-issuer = Issuing CA: its SHA-1 is what Windows checks
chain-role-chain = CA
chain-role-ra_signing = Registration authority (RA), signs
chain-role-ra_encryption = Registration authority (RA), decrypts
audit-authority-sign-in = Sign-in to the authority tried
audit-device-enrol-refused = Enrolment refused
audit-person-code = One-time code made
audit-person-code-withdraw = One-time code withdrawn
audit-admission-change = Enrolment changed
audit-enrolment-token-make = Enrolment token made
audit-enrolment-token-withdraw = Enrolment token withdrawn
event-fact-changed = { $fact ->
    [name] The device was renamed from { $before } to { $after }.
    [os_version] The device's Windows went from { $before } to { $after }.
    [serial_number] The device gives another serial number than before: { $before } became { $after }. An identity belongs to one machine. Either its board was replaced, or this is a copy: then have both machines enrol again.
    [edition] The device's edition of Windows went from { $before } to { $after }.
   *[tpm] The device's TPM: { $before ->
        [none] none
       *[other] { $before }
    } before, { $after ->
        [none] none
       *[other] { $after }
    } now.
}
event-silence-told = Nothing was heard of the device for { $days } days. If that goes on, it leaves on { $leaves_on }.
event-came-after-silence = The device came back after it had left for its silence, and was refused. It must enrol again.
audit-device-leave-silent = Device left: nothing was heard of it
audit-device-user = User of a device changed
event-user-set = { $by } made { $username } the user of the device.
event-user-changed = { $by } made { $username } the user of the device in place of { $before }.
event-user-removed = { $by } removed the user of the device, { $before }: it has none any more.
event-values-changed = What the certificate of { $configuration } carries has changed: { $before } is { $after } now. It is issued again; the one that is there stays until the new one is proved.
event-value-gone = { $configuration }: what the certificate carries can't be filled in any more. The certificate stays as it is.
audit-device-name = Name of a device taken over
event-name-taken = { $by } took over the name that the device gives itself: { $before } is { $after } now, in its certificates as well.
