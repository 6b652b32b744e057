# sceau apply: authorities and configurations as files want them.
apply-authority = authority
apply-configuration = configuration
apply-devices = { $count ->
    [one] One device has it. Where this changes what its certificate holds, it is issued again.
   *[other] { $count } devices have it. Where this changes what their certificates hold, they are issued again.
}
apply-totals = { $added } added, { $changed } changed, { $same } as they were. Nothing was removed.
apply-totals-dry = { $added } to add, { $changed } to change, { $same } as they are. Nothing was done.
apply-stopped = What stands above was done. Once this is put right, apply again: what is done stays as it is.
error-apply-file = { $detail }
error-apply-field = { $detail }
error-apply-twice = The files name “{ $name }” twice.
error-apply-authority = No authority “{ $name }” stands, and the files add none of that name.
error-apply-authority-id = A file names the authority by its name, in “authority”.
error-apply-distribution-narrower = Devices would lose their certificates by that. Change the distribution where it is seen whose, in the console.
error-apply-secret-inline = A secret doesn't stand in the file: write { "{" } env = "NAME" { "}" } or { "{" } file = "PATH" { "}" }.
error-apply-secret-env = The environment has no variable { $name }.
error-apply-secret-file = { $name } can't be read: { $detail }
error-apply-secret-empty = What it refers to is empty.
