menu-scim = SCIM
scim-title = Identity providers (SCIM)
scim-lead = Microsoft Entra ID, Okta, Keycloak and others that write people and groups into Sceau by themselves.
scim-empty = No SCIM source yet.
scim-new = A new SCIM source
scim-name = Name
scim-name-hint = Stands behind “scim:” under Activity, wherever it changed something.
scim-adopts = Take over people who were made by hand
scim-adopts-hint = Only where they bear the same user name. Otherwise the identity provider is told that the name is taken.
scim-last-used = Last used
scim-never-used = never
scim-enter = To enter at the identity provider
scim-enter-what = This address as tenant URL or base URL, and a token of this source as secret token (bearer). A token opens nothing but this address, and belongs to no operator.
scim-url = Address
scim-tokens = Tokens
scim-tokens-none = There is no token.
scim-token-make = Make a token
scim-token-made = Made
scim-token-fresh = The new token. It is not shown again:
scim-token-revoke = Revoke
scim-token-revoked = revoked
scim-what = What comes from it
scim-people = { $count ->
    [one] One person.
   *[other] { $count } people.
}
scim-inactive = { $count ->
    [one] One of them is not active there and can't enrol.
   *[other] { $count } of them are not active there and can't enrol.
}
scim-groups = { $count ->
    [one] One group.
   *[other] { $count } groups.
}
scim-gone = People who were deleted there
scim-gone-what = Such a person can't enrol any device, and left the groups of this source: where a distribution names one, it ends. What their devices hold otherwise stays and is renewed until you remove the devices.
scim-remove-confirm = Remove this SCIM source. Its tokens open nothing any more. Its people and groups stay as if made by hand; who is deleted or not active there loses enrolment password, code and tokens.
notice-scim-token-revoked = The token opens nothing any more.
person-from-scim = This person comes from the SCIM source “{ $directory }”: what it gives is changed there. What it doesn't give can be added here, and stays.
person-scim-link = To the SCIM source
group-from-scim = This group comes from the SCIM source “{ $directory }”: its members are changed there.
error-person-from-scim = This comes from the SCIM source “{ $directory }”: change it there.
error-group-from-scim = This group comes from the SCIM source “{ $directory }”: change it there.
error-scim-too-many = There are { $max } SCIM sources, which is the most.
error-scim-tokens = { $max } tokens of this source are good, which is the most: revoke one first.
audit-scim-source-add = SCIM source added
audit-scim-source-change = SCIM source changed
audit-scim-source-remove = SCIM source removed
audit-scim-token-make = Token of a SCIM source made
audit-scim-token-revoke = Token of a SCIM source revoked
audit-person-disable = Person not active at their source any more
audit-person-enable = Person active at their source again
audit-person-return = Person back at their source
audit-group-return = Group back at its source
