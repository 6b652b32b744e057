# Types of authorities and their fields.
error-kind-changed = The type can't be changed so: add another authority.
error-field-not-of-kind = An authority of this type doesn't have this field.
error-static_challenge-needed = The fixed challenge is needed: a known one is never sent to another address.
authority-static-challenge = Challenge
authority-static-challenge-hint = The one challenge that the server asks of everyone; at EJBCA the alias's RA authentication password. Never shown again; encrypted at rest.
authority-static-challenge-kept = Fixed, stored, never shown
authority-static-promise = Whoever holds the fixed challenge can ask the server for any certificate, and each device that asks through Sceau receives it. Let the server be reachable from Sceau alone.
authority-ca-name = Name of the CA
authority-ca-name-hint = Only if the server has several: the message of GetCACert.
authority-scep-url-hint-ejbca = As in https://ca.example.com/ejbca/publicweb/apply/scep/ALIAS/pkiclient.exe
authority-scep-url-hint-generic = As in https://ca.example.com/scep
