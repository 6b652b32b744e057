# The steps of a test of an authority.
