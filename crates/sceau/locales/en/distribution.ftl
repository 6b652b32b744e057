distribution-title = Distribution
distribution-enable = Enable this configuration
distribution-scope = Who gets it
distribution-all = All devices
distribution-all-hint = Those of today and those that enrol later.
distribution-none = No devices
distribution-custom = Custom
distribution-custom-devices = Devices
distribution-custom-people = Users
distribution-custom-excluded-devices = Excluded devices
distribution-custom-excluded-people = Excluded users
distribution-nobody-yet = None yet.
distribution-preview = Preview
distribution-preview-refresh = Update the preview
distribution-preview-count = { $count ->
    [0] No device would get it.
    [one] One device would get it.
   *[other] { $count } devices would get it.
}
distribution-preview-first = The first of them:
distribution-done = Done
distribution-cannot-fill = can't be filled
distribution-disabled-note = Nothing is sent while the configuration is not enabled.
progress-title = Progress
progress-live = This page updates itself.
progress-total = { $count ->
    [0] No device is meant yet.
    [one] One device
   *[other] { $count } devices
}
progress-waiting = Wait
progress-running = Run
progress-verified = Hold a verified certificate
progress-failed = Failed
progress-removed = Removed
progress-failures = What failed, and what to do
progress-devices = Devices
progress-verified-share = { $verified } of { $total } verified
progress-all = All
progress-unknown-outcomes = Outcome unknown at the CA
progress-unknown-outcomes-hint = These requests were handed to the authority and never answered. It may have issued certificates that no device holds: look them up by their transactionID.
progress-left = { $count ->
    [one] The remains of one former attempt are taken off its device when it next speaks.
   *[other] The remains of { $count } former attempts are taken off their devices when they next speak.
}
