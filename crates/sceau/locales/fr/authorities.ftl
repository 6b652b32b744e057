authorities-title = Gestion des certificats
authorities-lead = Les autorités de certification auxquelles Sceau demande des certificats : externes, ou intégrées.
authorities-empty = Aucune autorité de certification. Ajoutez celle dont vos appareils doivent utiliser le NDES, ou une autorité intégrée.
authority-new-title = Ajouter une autorité de certification
authority-edit-title = Modifier l'autorité de certification
authority-name = Nom
authority-kind = Type d'autorité de certification
authority-kind-microsoft = Microsoft
authority-kind-ejbca = EJBCA
authority-kind-generic-scep = Serveur SCEP générique
authority-scep-url = URL SCEP
authority-scep-url-hint = Par exemple https://ndes.example.com/certsrv/mscep/mscep.dll
authority-username = Nom d'utilisateur
authority-username-hint = DOMAINE\utilisateur ou utilisateur@domaine : le compte autorisé à obtenir des défis.
authority-password = Mot de passe
authority-password-hint = Plus jamais affiché ; chiffré dans la base.
authority-password-kept = Laissez vide pour garder celui qui est enregistré.
authority-challenge-url = URL challenge
authority-challenge-url-hint = Par exemple https://ndes.example.com/certsrv/mscep_admin/
authority-plain-http = Utiliser l'URL challenge en http simple : le défi circule en clair, et je l'accepte
authority-trust = Certificats de confiance pour le https de l'autorité (PEM)
authority-trust-hint = Si le certificat de son serveur web vient d'une autorité privée. Seuls ces certificats sont alors reconnus ; sans aucun, ce sont les autorités publiques.
authority-trusts-public = Reconnaître aussi les autorités publiques
authority-trusts-public-hint = Seulement si l'une de ses adresses a un certificat d'une autorité publique, à côté des certificats privés.
authority-limits = Limites des défis
authority-limits-hint = NDES garde cinq défis inutilisés, soixante minutes chacun, sauf si PasswordMax et PasswordValidity ont été changés dans son registre.
authority-max-unused = Défis inutilisés au plus (PasswordMax)
authority-lifetime = Durée de vie d'un défi (secondes)
authority-safe-life = Remettre un défi en moins de (secondes)
authority-backoff = Attente après un cache plein (secondes)
authority-breaker = Attente après une panne (secondes)
authority-test = Tester la connexion
authority-test-title = Ce que le test a trouvé
authority-capabilities = Capacités
authority-chain = Certificats
authority-chain-subject = Sujet
authority-chain-expires = Expire le
authority-permission = Droit d'obtenir des défis
authority-permission-proved = Prouvé en dernier par un défi
authority-permission-not-proved = Pas encore prouvé : seul un défi le prouve, et la première remise ou commande en prend un.
authority-health-good = Fonctionne
authority-health-stopped = Authentification arrêtée
authority-health-quiet = Au repos
authority-health-unknown = Pas encore utilisée
authority-health-label = État
authority-slots = { $held } défis sur { $max } sont sortis
authority-used-by = { $count ->
    [0] Aucune configuration ne l'utilise.
    [one] Une configuration l'utilise.
   *[other] { $count } configurations l'utilisent.
}
authority-reusable = Un seul défi pour tous
authority-reusable-since = depuis le
authority-reusable-title = Ce NDES donne le même défi à tout le monde
authority-reusable-text = UseSinglePassword y est activé. Rien ne s'épuise : le défi est conservé chiffré et remis à chaque appareil tant que NDES l'accepte. Mais quiconque l'apprend peut obtenir des certificats à n'importe quel nom tant qu'il n'est pas changé. Mettez UseSinglePassword à 0, sauf si d'autres appareils en ont besoin.
authority-promise-title = Ce qui ne peut être promis avec NDES
authority-promise-text = Le détenteur d'un défi écrit lui-même le sujet de la demande, et Sceau ne peut ni le voir ni le changer : elle est chiffrée pour l'autorité. Sceau réserve chaque défi à une seule transaction et compare ce que l'appareil montre avec ce qui était commandé. Rendez NDES accessible à Sceau seulement.
authority-checked-at = Dernière lecture des certificats
error-authority-in-use = { $count ->
    [one] Une configuration utilise encore cette autorité : { $names }.
   *[other] { $count } configurations utilisent encore cette autorité : { $names }.
}
authority-challenges = Défis
thumbprint = Empreinte
