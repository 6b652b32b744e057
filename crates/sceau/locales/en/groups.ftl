# Groups of devices and of people.
menu-groups = Groups
groups-title = Groups
groups-lead = Devices and people that distributions name together.
groups-empty = No group yet. A distribution names groups under “Custom”, to include or to exclude them.
group-add-devices = + Group of devices
group-add-people = + Group of people
group-new-devices-title = Add a group of devices
group-new-people-title = Add a group of people
group-edit-title = Edit the group
group-name = Name
group-description = Description
group-of = Kind
group-of-devices = Devices
group-of-people = People
group-who = Who belongs to it
group-by-hand = Those picked here
group-by-rule = All that fit a rule
group-by-rule-hint = Those of today and those that come later; who stops fitting leaves it.
group-by-hand-count = { $count ->
    [0] Picked by hand: nobody yet
    [one] Picked by hand: one
   *[other] Picked by hand: { $count }
}
group-and = { " and " }
group-members = Members
group-members-none = Nobody yet.
group-members-hint = The first 200 and those that are in it. More are put in over the API or with “sceau apply”.
group-rule-all = All of these must hold:
group-rule-hint = Text is compared without regard to capitals. A version is written as in 10.0.22631. A custom attribute is written NAME=value, as in site=Berne. A value that isn't known fulfils no condition.
group-stated = A device's name, manufacturer, model and Windows version are what it states of itself. This is no proof of anything: whoever rules a device can make it state others. Where it matters who gets a certificate, let what is known of the person decide, or pick by hand.
group-facts-device = Device (as it states)
group-facts-person = Its person (as recorded here)
group-fact = What is asked
group-comparison = How it is compared
group-value = Value
group-fact-name = Device name
group-fact-manufacturer = Manufacturer
group-fact-model = Model
group-fact-os-version = Windows version
group-fact-custom = Custom attribute
group-fact-custom-named = Custom attribute “{ $name }”
group-is-equals = is
group-is-starts-with = begins with
group-is-contains = contains
group-is-at-least = is at least
group-is-below = is below
group-condition = { $fact } { $is } “{ $value }”
group-preview = Its devices
group-preview-later = Shown once the group says who belongs to it.
group-count = { $count ->
    [0] No device belongs to it.
    [one] One device belongs to it.
   *[other] { $count } devices belong to it.
}
group-effects = Once this is saved:
group-effect = { $configuration }: devices that get it as well: { $gained }; devices that lose it, with their certificate: { $lost }.
group-device = Device
group-person = Person
group-devices-now = Its devices now
group-named-by = Distributions that name it
group-named-by-none = None: the group has no effect.
group-named-included = included
group-named-excluded = excluded
group-named-disabled = not enabled
group-remove-confirm = Remove the group. Its devices and people stay.
group-remove-in-use = A group that a distribution names is not removed: devices would lose certificates, or get some that they should not have. Take it out of the distributions above first.
distribution-custom-groups = Groups
distribution-custom-excluded-groups = Excluded groups
apply-group = group
audit-group-add = Group added
audit-group-change = Group changed
audit-group-members = Members of a group changed
audit-group-remove = Group removed
error-apply-group = No group “{ $name }” stands, and the files add none of that name.
error-apply-group-member = Nobody has the user name { $name }.
error-apply-group-narrower = Devices would lose their certificates by that: { $names }. Change the group where it is seen whose, in the console.
error-rule-fact = Choose what is asked: there is nothing called “{ $fact }”.
error-rule-people = A rule over people asks for what is a person's, not for { $fact }.
error-rule-length = A rule has from 1 to { $max } conditions.
error-rule-value = The condition on { $fact } needs a value of at most 512 characters.
error-rule-comparison = “At least” and “below” compare versions; { $fact } is none.
error-rule-version = A version is written in numbers with dots, as in 10.0.22631.
error-group-too-many = There are { $max } groups already, which is the most.
error-group-of-fixed = A group of devices stays one of devices, and a group of people one of people.
error-group-in-use = { $count ->
    [one] One configuration's distribution names it: { $names }.
   *[other] It is named by the distributions of { $count } configurations: { $names }.
}
error-group-both = Where a rule says who belongs to a group, nobody is put in by hand.
error-group-members-many = A group has at most { $max } members by hand.
error-group-member-unknown = There is nothing of the id { $id } any more.
group-fact-tpm-version = TPM version
