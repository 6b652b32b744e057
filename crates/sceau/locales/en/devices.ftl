devices-title = Devices
devices-lead = Windows devices that enrolled in Sceau.
devices-empty = No device has enrolled yet. On Windows: Settings, Accounts, Access work or school, “Enroll only in device management”, with the server { $server } and a person's name and enrolment password.
device-name = Name
device-person = Person
device-state = State
device-last-seen = Last spoke
device-enrolled = Enrolled
device-left = Left
device-identity = Own identity until
device-identity-mark = Not renewed
device-identity-late = A device renews its own identity by itself, 42 days before its end. Where that fails it gets nothing more after the end, until it renews it or enrols again. See that it is switched on and reaches Sceau.
device-windows = Windows
device-model = Model
device-serial = Serial number
device-facts = About the device
device-certificates = Certificates
device-no-certificates = No certificate is meant for this device yet.
device-configuration = Configuration
device-attempt = Attempt { $attempt }
device-timeline = Timeline
device-timeline-empty = Nothing happened yet.
device-timeline-code = Code
device-timeline-took = took { $duration }
device-retry = Try again
device-subject = Subject
device-what-to-do = What to do
device-since = since
device-not-before = Not before
state-waiting_for_device = Waiting for the device
state-waiting_for_challenge = Waiting for a challenge
state-sent = Sent
state-enrolling = Enrolling
state-pending_at_ca = Pending at the CA
state-verified = Verified
state-failed = Failed
state-replaced = Replaced by a newer attempt
state-removed = Removed
state-all = All states
sentence-waiting_for_device = The device has not spoken since this was planned. It gets its certificate when it next does.
sentence-waiting_for_challenge = The device is there; the authority gives no challenge at the moment. Nothing is lost: it is asked again.
sentence-sent = The command is on its way; the device has not confirmed it.
sentence-enrolling = The device accepted the command and is asking the authority. That is not yet a certificate.
sentence-pending_at_ca = The authority wants a person to approve the request.
sentence-verified = The device holds the certificate, and showed it.
sentence-verified-by-thumbprint = The device says that it holds the certificate, and gave its thumbprint; it has not shown the certificate itself.
sentence-failed = It did not work, and will not by itself.
sentence-replaced = A newer attempt took its place.
sentence-removed = The certificate is no longer meant for this device.
verified-by-certificate = verified by certificate
verified-by-thumbprint = verified by thumbprint
device-verified-count = { $count } verified
device-open-count = { $count } under way
device-failed-count = { $count } failed
device-remove = Remove…
device-remove-do = Remove
device-remove-title = Remove { $name }
device-remove-effects = What happens
device-remove-next-session = Nothing happens until the device calls. At its next session it is told to end the management, and then says that it goes, or falls silent. Until it is told, this can be taken back.
device-remove-identity = After that its identity is revoked: it can't open a session any more, and must enrol again to come back.
device-remove-unsent = { $count ->
    [one] One certificate that it has not got yet is withdrawn at once.
   *[other] { $count } certificates that it has not got yet are withdrawn at once.
}
device-remove-history = Its page and its timeline stay to be read. A certificate that was issued counts until it ends or is revoked at its authority.
device-remove-windows = By its documentation, Windows then removes by itself the certificates that the management set up. To leave them does not promise that they stay.
device-remove-delete = Delete the certificates and the trust that Sceau gave
device-remove-nodes = { $count ->
    [one] One certificate, or what a try at it left, is deleted with its key before the device is told to go.
   *[other] { $count } certificates, or what tries at them left, are deleted with their keys before the device is told to go.
}
device-remove-trust = { $count ->
    [one] One certificate of an authority is taken out of the trust store, since Sceau put it there:
   *[other] { $count } certificates of authorities are taken out of the trust store, since Sceau put them there:
}
device-remove-former-trust = { $count ->
    [one] One certificate of an authority that the device trusted before, or may have, stays in any case.
   *[other] { $count } certificates of authorities that the device trusted before, or may have, stay in any case.
}
device-remove-user = What is in the store of a user can only be deleted while that user is signed in. The timeline tells what stayed.
device-leaving = Leaving
device-leaving-waits = { $by } asked on { $at } that the device leave. It waits for the device's next session.
device-leaving-told = { $by } asked on { $at } that the device leave. It was told to go: its word, or two days of silence, ends it.
device-stay = Let it stay
device-leaving-row = leaving, asked by { $by } on { $at }
device-left-user = left on { $at }, by its user's will
device-left-sent-away = left on { $at }, sent away by { $by }
device-left-unheard = silent since it was sent away by { $by }; counts as gone since { $at }
device-left-revoked = revoked at once on { $at } by { $by }
device-revoke = Revoke…
device-revoke-do = Revoke now
device-revoke-title = Revoke { $name }
device-revoke-now = At this moment its identity is worth nothing any more: no session, no renewal, no certificate through an address that it was given. The device isn't asked, and nothing is deleted on it.
device-revoke-final = This can't be taken back. The device comes back by enrolling again.
device-revoke-own = { $count ->
    [one] One certificate of a built-in authority is revoked, and its list published at once.
   *[other] { $count } certificates of built-in authorities are revoked, and their lists published at once.
}
device-revoke-no-own = No certificate of a built-in authority is to be revoked.
device-revoke-done = The identity of this device is revoked, and with it what built-in authorities issued to it.
device-revoke-elsewhere = To be revoked at the authority that issued it
device-revoke-elsewhere-hint = Sceau can't revoke these: until that authority does, whoever holds the device can use them. What another authority issued and the device never proved to hold isn't listed here.
device-revoke-elsewhere-none = The device proved to hold no certificate of another authority that counts still.
device-revoke-serial-unknown = serial number not known
device-left-unknown = left on { $at }
notice-removal-asked = The device is to leave at its next session.
notice-removal-cancelled = The device stays.
device-trust = Trusted authorities
device-trust-root = Root
device-trust-intermediate = Intermediate
device-trust-absent = Not on the device since { $at }.
device-trust-before = The device trusted it before Sceau asked on { $at }: it is never taken away.
device-trust-ours = Put there by Sceau on { $at }.
device-trust-unknown = It is there, and nobody knows since when (seen on { $at }): it is never taken away.
device-trust-checked = Asked again on { $at }: still there.
device-trust-needed = A certificate of this device needs it.
device-trust-unneeded = Nothing on this device needs it.
device-trust-unwanted = Since { $at } it is to be taken away: that waits for the device's next session.
device-distrust = Take it off the device
device-distrust-title = Take an authority's certificate off { $name }
device-distrust-effect = In its next session the device is told to delete the certificate from its trust store. What it answers stands in its timeline.
device-distrust-others = Whatever else on this device rests on that authority, and was not set up by Sceau, is no longer trusted after that.
device-distrust-back = When a configuration of that authority is distributed to the device again, the certificate is put back by itself.
device-distrust-do = Take it off
notice-distrust-asked = The certificate is taken off the device in its next session.
device-twins = The same hardware
device-twin-former = It enrolled earlier and has been silent since this device enrolled: most likely the same machine before it was set up anew. It gets nothing of what is meant for this one. Put it away if that is so.
device-twin-successor = It enrolled later, and this device has been silent since: most likely the same machine, set up anew. Put this one away if that is so.
device-twin-copy = Both say the same of their hardware, and both still speak: one machine may be a copy of the other, or both are virtual machines from one template. Each gets its own certificates alone. If one was copied with its keys, have both enrol again.
device-put-away = Put the former device away
device-left-replaced = put away on { $at }: its machine was set up anew
notice-put-away = The former device was put away. Its identity is worth nothing any more.
device-inventory = What the device told
device-told = Told on
device-told-lead = It is asked after its enrolment and then at intervals (devices.inventory_days). What a device tells of itself is no proof of anything.
device-never-told = It has not been asked yet: that happens at its next session.
device-not-told = not told
device-new-name = It calls itself { $name } now. Its certificates keep the name that it had at its enrolment, until it enrols again.
device-dns-name = Name in DNS
device-edition = Edition
device-tpm = TPM
device-tpm-none = none that is ready
device-utc-offset = Time zone
device-language = Language
device-hardware-id = Hardware identifier
device-imei = IMEI
device-wifi-mac = Wi-Fi address
device-store-personal = Machine's own certificates (My)
device-store-roots = Trusted roots (Root)
device-store-intermediates = Intermediates (CA)
device-store-count = { $count ->
    [one] one certificate
   *[other] { $count } certificates
}
device-store-full = { $count } certificates or more
device-store-delivered = delivered by Sceau
sentence-held_back = It is held back: by what it told of itself, the device can't get it. No challenge is taken for it. It goes on by itself when the device tells otherwise.
device-check = Look again now
device-checked = looked at again on { $at }: still there
device-check-waits = not looked at since { $at }: the device is asked in its next session
device-check-waits-user = not looked at since { $at }: it lies in a user's store, and the device is asked in a session of that user
notice-check-asked = The device is asked in its next session whether it still holds its certificates.
device-user = User
device-user-nobody = none
device-user-link = Change…
device-user-title = The user of { $name }
device-user-now = It is the device of { $username }.
device-user-none = It has no user.
device-user-username = User name
device-user-hint = Of somebody under People. What follows is shown first.
device-user-show = Show what follows
device-user-show-remove = Show what follows without a user
device-user-do = Change the user
device-user-do-remove = Remove the user
device-user-effects = What follows
device-user-same = That is so already: nothing follows.
device-user-set = { $username } becomes the user of the device.
device-user-change = { $username } becomes the user of the device in place of { $before }.
device-user-remove = The device has no user any more; it was { $before }.
device-user-delivered = The device gets certificates, in its next session: { $names }
device-user-reissued = Certificates are issued again with the new values, and the old ones stay until the new ones are proved: { $names }
device-user-withdrawn = Certificates are taken off the device, in its next session: { $names }
device-user-nothing = No certificate of the device changes.
device-user-lacking = { $name }: { $why } What the device has of it stays as it is.
device-user-store = These are for a user's store. Windows puts them into the store of the account that enrolled the device, whoever its user is here. If another person signs in to Windows now, have them enrol it: { $names }
device-user-enrolment = The device stays enrolled as it is. A certificate that was issued counts until it ends or is revoked at its authority.
notice-user-set = The device has another user.
notice-user-removed = The device has no user any more.
