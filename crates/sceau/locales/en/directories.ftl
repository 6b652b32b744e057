menu-directories = Directories
directories-title = Directories
directories-lead = LDAP directories that people and groups are read from, and that say at enrolment whether a password is right.
directories-empty = No directory yet. People are made by hand until you add one.
directory-new-title = Add a directory
directory-edit-title = Edit the directory
directory-name = Name
directory-kind = Type
directory-kind-open_ldap = OpenLDAP
directory-kind-active_directory = Active Directory
directory-addresses = Addresses
directory-addresses-hint = One per line, tried in this order: ldaps://dc1.example.com, or ldap://dc1.example.com, which then begins TLS by StartTLS. Nothing is ever sent without TLS.
directory-trust = Certificates to trust (PEM)
directory-trust-hint = The certificate of the authority that issued the directory's own. Where nothing is given, the public authorities are trusted.
directory-bind-dn = Account that reads
directory-bind-dn-hint = Its distinguished name; with Active Directory also user@domain. It needs to read people and groups, nothing else.
directory-bind-password = Its password
directory-bind-password-hint = Kept sealed and never shown again.
directory-bind-password-kept = Leave it empty to keep the stored one. It must be typed again when an address, the account or the trust changes.
directory-base-dn = Base
directory-base-dn-hint = The entry below which people and groups are, as in dc=example,dc=com.
directory-user-filter = Filter of people
directory-user-filter-hint = Empty: (objectClass=inetOrgPerson) for OpenLDAP, (&(objectCategory=person)(objectClass=user)) for Active Directory.
directory-group-filter = Filter of groups
directory-group-filter-hint = Only these groups are taken in, as in (cn=wifi-*). Empty: none. People in groups within them belong to them too.
directory-read-minutes = Read every
directory-minutes = minutes
directory-enabled = Read this directory, and let its people enrol
directory-adopts = People made by hand who bear the same user name become the directory's; their enrolment password here ends
directory-mapping = Attributes
directory-mapping-hint = An empty field takes the usual attribute, shown in it for OpenLDAP / Active Directory; a hyphen (-) reads nothing.
directory-map-id = Stable identity
directory-map-group_name = Name of a group
directory-map-member = Members of a group
directory-custom-hint = One per line, as in badge=employeeNumber: the custom attribute, then the directory's.
directory-state = State
directory-state-off = Off
directory-state-new = Not read yet
directory-state-good = Read
directory-state-held = Waits for you
directory-state-failed = Can't be read
directory-state-stopped = Account refused
directory-test = Test connection
directory-read-now = Read now
directory-stopped = The directory refused the account that reads. It is not tried again by itself, since that could lock it: correct its password, or try again with “Test connection” or “Read now”. Until then nobody enrols with a password of this directory.
directory-last-reading = Last reading
directory-last-complete = Last read to its end:
directory-never-read = It was not read yet.
directory-failed-changes-nothing = Nobody was changed or removed. It is tried again by itself in a few minutes, unless the account was refused.
directory-found-people = { $count ->
    [one] One person found.
   *[other] { $count } people found.
}
directory-found-groups = { $count ->
    [one] One group found.
   *[other] { $count } groups found.
}
directory-added = { $count ->
    [one] One person is new.
   *[other] { $count } people are new.
}
directory-changed = { $count ->
    [one] One person changed.
   *[other] { $count } people changed.
}
directory-gone = { $count ->
    [one] One person is not there any more.
   *[other] { $count } people are not there any more.
}
directory-groups-changed = { $count ->
    [one] One group is new or changed.
   *[other] { $count } groups are new or changed.
}
directory-groups-gone = { $count ->
    [one] One group is not there any more.
   *[other] { $count } groups are not there any more.
}
directory-referrals = { $count ->
    [one] One reference to another server was not followed.
   *[other] { $count } references to other servers were not followed.
}
directory-held = Far fewer were found than before, less than half: perhaps a filter, the base or the account's rights changed. New people were taken in, but nobody was marked as gone and no group changed. Look at the directory and at the filters; or confirm that this is right.
directory-known = Known
directory-found = Found
directory-count-people = People
directory-count-groups = Groups
directory-count-members = Members of groups
directory-confirm = This is right: take it over
directory-left-out = { $count ->
    [one] One entry or value was not taken in:
   *[other] { $count } entries or values were not taken in, the first of them:
}
directory-left-out-no-id = has no stable identity (entryUUID, objectGUID) that the account may read.
directory-left-out-username = has no user name, or one with blanks or more than 256 characters.
directory-left-out-twice = bears a user name that another entry bears.
directory-left-out-value = has a value that is no e-mail address, is longer than 512 characters or holds control characters: the attribute stays empty.
directory-left-out-by-hand = bears the user name of a person who was made by hand. Rename that person, or let the directory adopt such people.
directory-left-out-of-another = bears the user name of a person of another directory.
directory-left-out-renamed = was renamed to a user name that somebody else bears: the old name stays.
directory-left-out-group-name = has no name, or one with more than 100 characters.
directory-left-out-group-taken = bears the name of another group. Rename one of them.
directory-left-out-group-renamed = was renamed to the name of another group: the old name stays.
directory-left-out-group-many = is one group too many: there are 500 at most. Narrow the filter of groups.
directory-what = What comes from it
directory-people-now = { $count ->
    [one] One person.
   *[other] { $count } people.
}
directory-groups-now = { $count ->
    [one] One group.
   *[other] { $count } groups.
}
directory-gone-title = People who are not there any more
directory-gone-what = Such a person can't enrol any device. What their devices hold stays and is renewed until you remove the devices; where a distribution names a group that they left in the directory, it ends.
directory-refusals-title = Refused sign-ins
directory-refusals-none = Nobody was refused lately.
directory-refusals-why = Why
directory-remove-confirm = Remove this directory. Its people and groups stay as if made by hand, and nobody of them enrols until they are given a password here.
notice-directory-read = The directory is being read.
notice-directory-confirmed = Confirmed: the directory is being read again.
person-from-directory = This person comes from the directory “{ $directory }”: what it gives is changed there. What it doesn't give can be added here, and stays.
person-directory-link = To the directory
person-directory-disabled = The account is disabled there: this person can't enrol.
person-directory-gone = Not there any more since
group-from-directory = This group comes from the directory “{ $directory }”: its members are changed there.
group-directory-gone = Its members stay as they were until you remove the group.
dashboard-directory = The directory “{ $name }” needs you: it can't be read, or it waits for a confirmation.
dashboard-directory-link = Look at it
error-directory-addresses = One to five addresses, each ldaps://host or ldap://host, with a port where it isn't the usual one; no IPv6 address.
error-directory-bind_dn = The name of the account that reads is needed.
error-directory-base_dn = The base is needed.
error-directory-password = The password is needed, and needed again when an address, the account or the trust changes.
error-directory-filter = This is no filter: it is written in brackets, as in (objectClass=person).
error-directory-minutes = 5 to 10080 minutes lie between two readings.
error-directory-mapping = “{ $name }” can't be read from that attribute.
error-directory-too-many = There are { $max } directories, which is the most.
error-directory-not-held = Nothing of this directory waits for a confirmation any more.
error-directory-unavailable = The directory “{ $directory }”, which knows this password, can't be asked now. Try again later.
error-person-from-directory = This comes from the directory “{ $directory }”: change it there.
error-person-password-of-directory = This person enrols with the password of the directory “{ $directory }”.
error-group-from-directory = This group comes from the directory “{ $directory }”: change it there.
directory-problem-name = The name { $place } can't be resolved. Correct the address, or the DNS of this server.
directory-problem-refused = { $place } refuses connections. Check the port, and whether the directory runs.
directory-problem-timeout = { $place } did not answer in time. Look for a firewall between.
directory-problem-network = The directory can't be reached: { $detail }
directory-problem-no-starttls = { $place } refuses StartTLS ({ $detail }). Give the directory a certificate, or use an ldaps:// address.
directory-problem-empty = An empty name or password proves nothing, and is not sent.
directory-problem-limit = The directory stopped before the end ({ $detail }): a size or time limit. Raise the limit for the account that reads (OpenLDAP: olcLimits), or narrow the filter.
directory-problem-no-base = There is no entry { $detail }, or the account may not see it. Correct the base.
directory-problem-not-allowed = The account may not read there: { $detail } Give it the right to read.
directory-problem-filter = The directory doesn't take the filter. { $detail }
directory-problem-elsewhere = The directory sends on to another server ({ $detail }), which is not followed. Give that server's address.
directory-problem-broken = The connection ended in the middle ({ $detail }).
directory-problem-silent = The directory did not answer in time.
directory-problem-too-many = More than { $most } entries are found. Narrow the filter.
directory-problem-strange = The directory answers with something that isn't understood. Is it an LDAP server?
directory-problem-other = The directory answers with the code { $code }: { $detail }
directory-account-unknown = There is no such account.
directory-account-wrong-password = The name or the password is wrong.
directory-account-not-here = The account may not sign in at this hour or from this computer.
directory-account-password-expired = The password has expired: it must be changed first.
directory-account-disabled = The account is disabled.
directory-account-expired = The account has expired.
directory-account-must-change = The password must be changed before the first sign-in.
directory-account-locked = The account is locked, after too many wrong passwords perhaps.
directory-refused-several = Several entries of the directories bear this name. Sign in with a name that only one of them has.
directory-refused-unavailable = The directory couldn't be asked.
test-step-directory-connection = Connection
test-step-directory-tls = TLS
test-step-directory-bind = Sign-in of the account that reads
test-step-directory-base = Base
test-step-directory-users = People
test-step-directory-groups = Groups
directory-test-connection = { $place } accepts connections.
directory-test-ldaps = { $place } speaks TLS, and its certificate is trusted.
directory-test-starttls = { $place } begins TLS by StartTLS, and its certificate is trusted.
directory-test-bind = { $place } lets { $account } in.
directory-test-bind-refused = The directory refuses { $account }: { $account-state } Correct the name or the password. It is not tried again by itself.
directory-test-base = There is an entry { $base }.
directory-test-people = { $count } people are found, among them: { $sample }
directory-test-people-referrals = { $count } people are found, among them: { $sample } References to other servers, which are not followed: { $referrals }.
directory-test-people-unfit = { $count } people are found ({ $sample }), and { $unfit } entries without a stable identity or a usable user name, which are left out. Narrow the filter, or correct the attributes.
directory-test-nobody = Nobody is found. Correct the base or the filter, or give the account the right to read.
directory-test-groups = { $count } groups are found, among them: { $sample }
directory-test-no-group = No group is found. Correct the filter of groups.
directory-test-groups-none = No filter of groups is given: no group is taken in.
audit-directory-add = Directory added
audit-directory-change = Directory changed
audit-directory-remove = Directory removed
audit-directory-read = Reading of the directory asked for
audit-directory-confirm = Fewer people of the directory confirmed
audit-directory-test = Account of the directory let in again
audit-person-adopt = Person made by hand taken over
audit-person-gone = Person not at their source any more
audit-group-gone = Group not at its source any more
