# Types of authorities and their fields.
