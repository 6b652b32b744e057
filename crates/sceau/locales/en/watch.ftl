# What is watched of authorities.

watch-title = Watch
watch-answers = It answers.
watch-silent = It does not answer.
watch-sign-in-stopped = The sign-in was refused and is not tried again until a person acts.
watch-since = since
watch-last = Last looked at
watch-never = Nobody has looked at it yet.

warnings-title = Warnings
warning-mark-urgent = Act now
warning-mark-soon = Soon
warning-mark-ended = Over
warning-since = Since
warning-over-since = over since
warning-authority-down = It does not answer.
warning-authority-down-advice = No certificate is issued meanwhile. Look whether the server runs and is reachable from here; deliveries go on by themselves once it answers.
warning-sign-in-stopped = The sign-in of the account was refused.
warning-sign-in-stopped-advice = Nothing is tried again, so that the account is not locked. Give its password anew, or test the connection.
warning-chain-changed = It shows another certificate of a CA.
warning-chain-changed-advice = Devices refuse it as long as their configuration names the old one. Compare the certificates and take them over on its page.
warning-certificate-expired = The certificate { $subject } has ended.
warning-certificate-expired-advice = Renew it at the authority: until then devices get no certificate.
warning-certificate-expiring = The certificate { $subject } ends in { $days } days or less.
warning-certificate-expiring-advice = Renew it at the authority. New certificates of an RA are taken over by themselves; a new certificate of the CA waits for you on its page.

chain-change-title = Another CA was seen
chain-change-text = The authority shows a certificate of a CA that is not the stored one. Nothing has changed yet: compare the thumbprints with those of the server before you take them over.
chain-change-seen = Seen first
chain-change-certificates = What was seen
chain-change-configurations = What taking them over would change
chain-change-effect = Effect
chain-change-replaced = Its thumbprint is replaced and the certificates are delivered anew.
chain-change-kept = It names a third thumbprint and stays as it is.
chain-change-no-configuration = No configuration names the old thumbprint.
chain-change-adopt = Take over the new certificates
notice-chain-adopted = The new certificates are taken over.
error-chain-seen-another = The authority has shown other certificates since. Look at them first.
audit-authority-adopt-chain = New certificates of the authority taken over

lately-title = The last 24 hours
lately-nothing = It was asked for nothing.
lately-asked = Asked for
lately-good = Went well
lately-failed = Failed
lately-median = Half took at most
lately-longest = Longest
lately-cause = Cause
lately-challenge = Challenges
lately-exchange = Answers to requests
lately-look = What it says of itself
lately-authority-unreachable = It did not answer.
lately-cache-full = Its password cache was full.
lately-sign-in-refused = It refused the sign-in.
lately-no-permission = The account may not get challenges.
lately-page-not-understood = Its page was not understood.
lately-other = Another cause; deliveries and tests say which.
