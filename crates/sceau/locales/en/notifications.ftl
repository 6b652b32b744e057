# Who is told of warnings, and what they are told.

menu-notifications = Notifications
channels-title = Notifications
channels-lead = Who is told when a warning is raised, and when an authority works again: people by e-mail, programs by webhook.
channels-none = Nobody is told yet.
channels-mail-off = No mail server is set: e-mail waits for mail.server and mail.from in the settings of this server.
channels-in-trouble = What was told last did not arrive at: { $names }. Look at the reason under Notifications.
channels-in-trouble-link = Open Notifications
channel-name = Name
channel-kind = Way
channel-kind-email = E-mail
channel-kind-webhook = Webhook
channel-last = Last result
channel-never = nothing told yet
channel-waiting = { $count ->
    [one] 1 waits
   *[other] { $count } wait
  }
channel-off = Off
channel-good = Arrived
channel-again = Tried again
channel-failed = Failed
channel-queued = Waits
channel-test = Test
channel-enable = Turn on
channel-disable = Turn off
channel-remove = Remove
channel-email-title = Tell a person
channel-address = E-mail address
channel-language = Language
channel-language-en = English
channel-language-fr = French
channel-webhook-title = Tell a program
channel-url = Address
channel-url-hint = Begins with https://. It gets a POST with JSON for each warning.
channel-trust = Trusted certificates (PEM)
channel-trust-hint = Only if the certificate of its server comes from a private CA.
channel-add = Add
channel-secret-title = Secret of the webhook { $name }
channel-secret-text = Give it to the receiver now: it is not shown again. Each POST bears Sceau-Signature: t=SECONDS,v1=HEX, the HMAC-SHA256 of SECONDS.BODY under this secret.
trial-arrived = The test arrived at { $name }.
trial-failed = The test did not arrive at { $name }.
trial-waiting = The test for { $name } is still on its way. Its result will stand below.
notices-title = What was told last
notices-none = Nothing has been told yet.
notices-at = When
notices-channel = To
notices-what = What
notices-state = Result
notices-attempts = { $count ->
    [one] 1 try
   *[other] { $count } tries
  }
notice-channel-added = The recipient is added.
notice-channel-changed = Saved.
notice-channel-removed = The recipient is removed.
error-address-invalid = An e-mail address is like name@example.com.
error-url-invalid = This is no https address.
error-url-https = A webhook's address begins with https://.
error-language-invalid = Choose English or French.
error-channels-many = There are { $count } recipients already. Remove one first.
audit-notification-add = Recipient of notifications added
audit-notification-change = Recipient of notifications changed
audit-notification-remove = Recipient of notifications removed
audit-notification-test = Recipient of notifications tested

told-subject-urgent = Sceau: act now: { $authority }: { $text }
told-subject-soon = Sceau: soon: { $authority }: { $text }
told-subject-ended = Sceau: over: { $authority }: { $text }
told-ended = Over: { $text }
told-ended-text = Its reason is gone. There is nothing to do.
told-at = Since { $at } UTC.
told-trial = Test
told-trial-subject = Sceau: test
told-trial-text = This is a test. Warnings about certificate authorities arrive here.
told-foot = Sceau tells you this because your address stands under Notifications: { $place }

unsent-off = It was turned off before it was sent.
unsent-mail-off = No mail server is set in the settings of this server.
unsent-mail-address = { $address } is no address that mail can be sent from or to.
unsent-mail-file = The file { $file } can't be read: { $detail }.
unsent-mail-local = The mail could not be made: { $detail }.
unsent-mail-refused = The mail server { $place } refused it: { $detail }.
unsent-mail-tls = TLS with the mail server { $place } failed: { $detail }.
unsent-mail-silent = The mail server { $place } did not answer in time.
unsent-mail-unreachable = The mail server { $place } can't be reached: { $detail }.
unsent-address = { $address } is no address.
unsent-silent = { $place } did not answer in time.
unsent-unreachable = { $place } can't be reached: { $detail }.
unsent-broken = { $place } took the connection and gave no whole answer: { $detail }.
unsent-redirected = { $place } answered with a redirection (HTTP status { $status }), which is not followed. Give the final address.
unsent-status = { $place } answered with HTTP status { $status }.
