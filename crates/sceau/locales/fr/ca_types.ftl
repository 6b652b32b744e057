# Les types d'autorités et leurs champs.
error-kind-changed = Le type ne peut être changé ainsi : ajoutez une autre autorité.
error-field-not-of-kind = Une autorité de ce type n'a pas ce champ.
error-static_challenge-needed = Le défi fixe est nécessaire : celui qui est connu n'est jamais envoyé à une autre adresse.
authority-static-challenge = Défi
authority-static-challenge-hint = Le seul défi que le serveur demande à tous ; chez EJBCA, le mot de passe « RA authentication » de l'alias. Plus jamais affiché ; chiffré dans la base.
authority-static-challenge-kept = Fixe, enregistré, jamais affiché
authority-static-promise = Qui détient le défi fixe peut demander n'importe quel certificat au serveur, et chaque appareil qui passe par Sceau le reçoit. Rendez le serveur accessible à Sceau seulement.
authority-ca-name = Nom de l'AC
authority-ca-name-hint = Seulement si le serveur en a plusieurs : le message de GetCACert.
authority-scep-url-hint-ejbca = Par exemple https://ca.example.com/ejbca/publicweb/apply/scep/ALIAS/pkiclient.exe
authority-scep-url-hint-generic = Par exemple https://ca.example.com/scep
