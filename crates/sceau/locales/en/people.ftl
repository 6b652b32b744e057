people-title = People
people-lead = The persons whose devices these are. Subjects are filled from here, never from what a device says.
people-empty = Nobody yet. A device enrols with a person's user name and enrolment password.
person-new-title = Add a person
person-edit-title = Edit the person
person-username = User name
person-username-hint = Given at enrolment, often the e-mail address.
person-password = Enrolment password
person-password-hint = What the person types once on the device. Never shown again.
person-password-kept = Leave it empty to keep the stored one.
person-email = E-mail address
person-upn = User principal name
person-uid = User id
person-display_name = Display name
person-first_name = First name
person-last_name = Last name
person-dn = Distinguished name
person-cn = Common name
person-ou = Organisational unit
person-department = Department
person-locale = Language
person-sam_account_name = Logon name (sAMAccountName)
person-sid = Security identifier (SID)
person-custom = Custom attributes
person-custom-hint = One per line, as in badge=4711; a variable uses them as { $example }.
person-more = More attributes
person-reissue = When an attribute changes, certificates that carry it are re-issued.
operators-title = Operators
operators-lead = Those who sign in to this console or call the API.
operator-new-title = Add an operator
operator-name = Name
operator-password = Password
operator-password-hint = At least 12 characters.
operator-role = Role
operator-since = Since
activity-title = Activity
activity-lead = Who changed what, newest first.
activity-empty = Nothing was changed yet.
activity-when = When
activity-who = Who
activity-what = What
activity-target = Of
activity-before = Before
activity-after = After
activity-file = Export as CSV
activity-narrow = Narrow the list down
activity-all = Everything
activity-since = From
activity-until = Until
activity-number = Number
activity-from = Address
activity-wrong-day = A day is written as 2026-11-23. What can't be read was left out.
activity-area-admission = Enrolment: who may
activity-area-assignment = Distributions
activity-area-authority = Authorities
activity-area-certificate = Certificates
activity-area-configuration = Configurations
activity-area-delivery = Deliveries
activity-area-device = Devices
activity-area-directory = Directories
activity-area-enrolment = Enrolment: refused sign-ins
activity-area-enrolment-token = Enrolment tokens
activity-area-federation = Sign-in at a provider
activity-area-group = Groups
activity-area-issuance = Requests for approval
activity-area-notification = Notifications
activity-area-operator = Operators
activity-area-order = Orders
activity-area-person = People
activity-area-push = Waking devices
activity-area-records = Erased records
activity-area-scim-source = SCIM sources
activity-area-scim-token = SCIM tokens
activity-details = Details
dashboard-title = Dashboard
dashboard-devices = { $count ->
    [one] device
   *[other] devices
}
dashboard-verified = verified
dashboard-open = under way
dashboard-failed = failed
dashboard-start = Three steps to the first certificate
dashboard-step-authority = Add your certificate authority
dashboard-step-configuration = Create a configuration
dashboard-step-distribution = Distribute it
dashboard-step-done = Done
dashboard-configurations = Configurations
dashboard-copies = Devices of which there may be a copy
dashboard-late = Devices whose own identity ends soon
code-title = One-time code
code-lead = The person types it on the device instead of the enrolment password. It enrols one device, and is worth nothing afterwards.
code-fresh = The new code. It is not shown again:
code-until = Good until
code-there = There is a code, made
code-spent = The last code was used.
code-none = There is no code.
code-make = Make a code for 24 hours
code-withdraw = Withdraw the code
erase = Erase records…
erase-do = Erase for good
erase-title = Erase the records of { $name }
erase-lead = This can't be taken back.
erase-what = What is erased
erase-person = The person: user name, attributes, password, one-time code, enrolment tokens, places in groups and in distributions, and wrong sign-ins under these names.
erase-devices = { $count ->
    [one] The records of one former device of the person.
   *[other] The records of { $count } former devices of the person.
}
erase-device = Of a device: name, serial number and whatever it told of itself, its timeline, its certificates, identities, sessions and requests, and what the timelines of other devices tell of it.
erase-activity = { $count ->
    [one] Under Activity one row is emptied: that something was done, and when, stays.
   *[other] Under Activity { $count } rows are emptied: that something was done, and when, stays.
}
erase-own = { $count ->
    [one] One certificate of a built-in authority counts still: it is revoked, since nobody could say any more whose it is.
   *[other] { $count } certificates of built-in authorities count still: they are revoked, since nobody could say any more whose they are.
}
erase-stays = What must stay
erase-stays-ledger = In the ledger of built-in authorities: serial numbers, dates and revocations, without subject, names, key and certificate. A serial number is never given twice, and a revocation list must go on to name it.
erase-stays-activity = Under Activity: that you erased these records, and when. Random identifiers stay in its rows, which lead nowhere any more. The chain of the rows goes on to hold.
erase-stays-challenges = The count of the challenges, without whose they were.
erase-beyond = What you must look to yourself
erase-beyond-typed = Texts that operators wrote are not looked through: names and rules of groups, names of configurations and authorities, and subjects of orders.
erase-beyond-outside = Backups of the database, the server's log, and whatever was told outside by e-mail or webhook.
erase-elsewhere = Certificates of other authorities
erase-elsewhere-hint = These count still. Sceau can't revoke them, and forgets them now: note what you need.
notice-erased = The records are erased.
dashboard-silent = Devices that leave soon for their silence
dashboard-silent-what = Nothing was heard of them for long. Switch them on, or let them go: whoever comes back later must enrol again.
dashboard-silent-leaves = leaves
activity-erased = What it told of somebody was erased.
