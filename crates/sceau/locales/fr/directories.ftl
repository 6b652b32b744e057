menu-directories = Annuaires
directories-title = Annuaires
directories-lead = Les annuaires LDAP dont sont lus les personnes et les groupes, et qui disent à l'inscription si un mot de passe est juste.
directories-empty = Aucun annuaire pour l'instant. Les personnes sont créées à la main jusqu'à ce que vous en ajoutiez un.
directory-new-title = Ajouter un annuaire
directory-edit-title = Modifier l'annuaire
directory-name = Nom
directory-kind = Type
directory-kind-open_ldap = OpenLDAP
directory-kind-active_directory = Active Directory
directory-addresses = Adresses
directory-addresses-hint = Une par ligne, essayées dans cet ordre : ldaps://dc1.example.com, ou ldap://dc1.example.com, qui passe alors à TLS par StartTLS. Rien n'est jamais envoyé sans TLS.
directory-trust = Certificats de confiance (PEM)
directory-trust-hint = Le certificat de l'autorité qui a émis celui de l'annuaire. Si rien n'est donné, les autorités publiques sont de confiance.
directory-bind-dn = Compte de lecture
directory-bind-dn-hint = Son nom distinctif ; avec Active Directory aussi utilisateur@domaine. Il doit pouvoir lire les personnes et les groupes, rien d'autre.
directory-bind-password = Son mot de passe
directory-bind-password-hint = Conservé scellé, plus jamais affiché.
directory-bind-password-kept = Laissez vide pour garder celui qui est enregistré. Il est à ressaisir quand une adresse, le compte ou la confiance change.
directory-base-dn = Base
directory-base-dn-hint = L'entrée sous laquelle se trouvent les personnes et les groupes, par exemple dc=example,dc=com.
directory-user-filter = Filtre des personnes
directory-user-filter-hint = Vide : (objectClass=inetOrgPerson) pour OpenLDAP, (&(objectCategory=person)(objectClass=user)) pour Active Directory.
directory-group-filter = Filtre des groupes
directory-group-filter-hint = Seuls ces groupes sont repris, par exemple (cn=wifi-*). Vide : aucun. Les personnes des groupes qu'ils contiennent en font partie aussi.
directory-read-minutes = Lire toutes les
directory-minutes = minutes
directory-enabled = Lire cet annuaire, et laisser ses personnes s'inscrire
directory-adopts = Les personnes créées à la main qui portent le même nom d'utilisateur deviennent celles de l'annuaire ; leur mot de passe d'inscription d'ici prend fin
directory-mapping = Attributs
directory-mapping-hint = Un champ vide prend l'attribut habituel, qui s'y affiche pour OpenLDAP / Active Directory ; un trait d'union (-) ne lit rien.
directory-map-id = Identité stable
directory-map-group_name = Nom d'un groupe
directory-map-member = Membres d'un groupe
directory-custom-hint = Un par ligne, par exemple badge=employeeNumber : l'attribut personnalisé, puis celui de l'annuaire.
directory-state = État
directory-state-off = Désactivé
directory-state-new = Pas encore lu
directory-state-good = Lu
directory-state-held = Vous attend
directory-state-failed = Illisible
directory-state-stopped = Compte refusé
directory-test = Tester la connexion
directory-read-now = Lire maintenant
directory-stopped = L'annuaire a refusé le compte de lecture. Il n'est pas réessayé de lui-même, ce qui pourrait le verrouiller : corrigez son mot de passe, ou réessayez avec « Tester la connexion » ou « Lire maintenant ». D'ici là, personne ne s'inscrit avec un mot de passe de cet annuaire.
directory-last-reading = Dernière lecture
directory-last-complete = Dernière lecture complète :
directory-never-read = Il n'a pas encore été lu.
directory-failed-changes-nothing = Personne n'a été modifié ni retiré. La lecture est retentée d'elle-même dans quelques minutes, sauf si le compte a été refusé.
directory-found-people = { $count ->
    [one] { $count } personne trouvée.
   *[other] { $count } personnes trouvées.
}
directory-found-groups = { $count ->
    [one] { $count } groupe trouvé.
   *[other] { $count } groupes trouvés.
}
directory-added = { $count ->
    [one] { $count } nouvelle personne.
   *[other] { $count } nouvelles personnes.
}
directory-changed = { $count ->
    [one] { $count } personne a changé.
   *[other] { $count } personnes ont changé.
}
directory-gone = { $count ->
    [one] { $count } personne n'y est plus.
   *[other] { $count } personnes n'y sont plus.
}
directory-groups-changed = { $count ->
    [one] { $count } groupe est nouveau ou a changé.
   *[other] { $count } groupes sont nouveaux ou ont changé.
}
directory-groups-gone = { $count ->
    [one] { $count } groupe n'y est plus.
   *[other] { $count } groupes n'y sont plus.
}
directory-referrals = { $count ->
    [one] { $count } renvoi vers un autre serveur n'a pas été suivi.
   *[other] { $count } renvois vers d'autres serveurs n'ont pas été suivis.
}
directory-held = Bien moins qu'avant ont été trouvés, moins de la moitié : peut-être un filtre, la base ou les droits du compte ont-ils changé. Les nouvelles personnes ont été reprises, mais personne n'a été marqué comme parti et aucun groupe n'a changé. Regardez l'annuaire et les filtres ; ou confirmez que c'est juste.
directory-known = Connus
directory-found = Trouvés
directory-count-people = Personnes
directory-count-groups = Groupes
directory-count-members = Membres des groupes
directory-confirm = C'est juste : reprendre ce résultat
directory-left-out = { $count ->
    [one] { $count } entrée ou valeur n'a pas été reprise :
   *[other] { $count } entrées ou valeurs n'ont pas été reprises, dont :
}
directory-left-out-no-id = n'a pas d'identité stable (entryUUID, objectGUID) que le compte puisse lire.
directory-left-out-username = n'a pas de nom d'utilisateur, ou un nom avec des espaces ou de plus de 256 caractères.
directory-left-out-twice = porte un nom d'utilisateur qu'une autre entrée porte.
directory-left-out-value = a une valeur qui n'est pas une adresse e-mail, dépasse 512 caractères ou contient des caractères de contrôle : l'attribut reste vide.
directory-left-out-by-hand = porte le nom d'utilisateur d'une personne créée à la main. Renommez cette personne, ou laissez l'annuaire adopter ces personnes.
directory-left-out-of-another = porte le nom d'utilisateur d'une personne d'un autre annuaire.
directory-left-out-renamed = a reçu un nom d'utilisateur que quelqu'un d'autre porte : l'ancien nom reste.
directory-left-out-group-name = n'a pas de nom, ou un nom de plus de 100 caractères.
directory-left-out-group-taken = porte le nom d'un autre groupe. Renommez l'un des deux.
directory-left-out-group-renamed = a reçu le nom d'un autre groupe : l'ancien nom reste.
directory-left-out-group-many = est un groupe de trop : il y en a 500 au plus. Resserrez le filtre des groupes.
directory-what = Ce qui en vient
directory-people-now = { $count ->
    [one] { $count } personne.
   *[other] { $count } personnes.
}
directory-groups-now = { $count ->
    [one] { $count } groupe.
   *[other] { $count } groupes.
}
directory-gone-title = Personnes qui n'y sont plus
directory-gone-what = Une telle personne ne peut plus inscrire d'appareil. Ce que portent ses appareils reste et se renouvelle jusqu'à ce que vous retiriez les appareils ; là où une distribution nomme un groupe que la personne a quitté dans l'annuaire, cela prend fin.
directory-refusals-title = Connexions refusées
directory-refusals-none = Personne n'a été refusé récemment.
directory-refusals-why = Pourquoi
directory-remove-confirm = Retirer cet annuaire. Ses personnes et ses groupes restent comme s'ils avaient été créés à la main, et aucune de ces personnes ne s'inscrit avant d'avoir reçu un mot de passe ici.
notice-directory-read = L'annuaire est en cours de lecture.
notice-directory-confirmed = Confirmé : l'annuaire est relu.
person-from-directory = Cette personne vient de l'annuaire « { $directory } » : ce qu'il donne se modifie là-bas. Ce qu'il ne donne pas peut être ajouté ici, et reste.
person-directory-link = Vers l'annuaire
person-directory-disabled = Le compte y est désactivé : cette personne ne peut pas s'inscrire.
person-directory-gone = N'y est plus depuis
group-from-directory = Ce groupe vient de l'annuaire « { $directory } » : ses membres se modifient là-bas.
group-directory-gone = Ses membres restent tels quels jusqu'à ce que vous retiriez le groupe.
dashboard-directory = L'annuaire « { $name } » a besoin de vous : il est illisible, ou il attend une confirmation.
dashboard-directory-link = Le regarder
error-directory-addresses = De une à cinq adresses, chacune ldaps://hôte ou ldap://hôte, avec un port si ce n'est pas l'habituel ; pas d'adresse IPv6.
error-directory-bind_dn = Le nom du compte de lecture est nécessaire.
error-directory-base_dn = La base est nécessaire.
error-directory-password = Le mot de passe est nécessaire, et l'est à nouveau quand une adresse, le compte ou la confiance change.
error-directory-filter = Ceci n'est pas un filtre : il s'écrit entre parenthèses, par exemple (objectClass=person).
error-directory-minutes = De 5 à 10080 minutes séparent deux lectures.
error-directory-mapping = « { $name } » ne peut pas être lu de cet attribut.
error-directory-too-many = Il y a { $max } annuaires, ce qui est le maximum.
error-directory-not-held = Rien de cet annuaire n'attend plus de confirmation.
error-directory-unavailable = L'annuaire « { $directory } », qui connaît ce mot de passe, ne peut pas être interrogé maintenant. Réessayez plus tard.
error-person-from-directory = Ceci vient de l'annuaire « { $directory } » : modifiez-le là-bas.
error-person-password-of-directory = Cette personne s'inscrit avec le mot de passe de l'annuaire « { $directory } ».
error-group-from-directory = Ce groupe vient de l'annuaire « { $directory } » : modifiez-le là-bas.
directory-problem-name = Le nom { $place } ne peut pas être résolu. Corrigez l'adresse, ou le DNS de ce serveur.
directory-problem-refused = { $place } refuse les connexions. Vérifiez le port, et si l'annuaire fonctionne.
directory-problem-timeout = { $place } n'a pas répondu à temps. Cherchez un pare-feu entre les deux.
directory-problem-network = L'annuaire ne peut pas être atteint : { $detail }
directory-problem-no-starttls = { $place } refuse StartTLS ({ $detail }). Donnez un certificat à l'annuaire, ou employez une adresse ldaps://.
directory-problem-empty = Un nom ou un mot de passe vide ne prouve rien, et n'est pas envoyé.
directory-problem-limit = L'annuaire s'est arrêté avant la fin ({ $detail }) : une limite de taille ou de temps. Relevez la limite du compte de lecture (OpenLDAP : olcLimits), ou resserrez le filtre.
directory-problem-no-base = Il n'y a pas d'entrée { $detail }, ou le compte ne peut pas la voir. Corrigez la base.
directory-problem-not-allowed = Le compte ne peut pas y lire : { $detail } Donnez-lui le droit de lecture.
directory-problem-filter = L'annuaire n'accepte pas le filtre. { $detail }
directory-problem-elsewhere = L'annuaire renvoie vers un autre serveur ({ $detail }), ce qui n'est pas suivi. Donnez l'adresse de ce serveur.
directory-problem-broken = La connexion s'est interrompue au milieu ({ $detail }).
directory-problem-silent = L'annuaire n'a pas répondu à temps.
directory-problem-too-many = Plus de { $most } entrées sont trouvées. Resserrez le filtre.
directory-problem-strange = L'annuaire répond par quelque chose d'incompréhensible. Est-ce un serveur LDAP ?
directory-problem-other = L'annuaire répond par le code { $code } : { $detail }
directory-account-unknown = Ce compte n'existe pas.
directory-account-wrong-password = Le nom ou le mot de passe est faux.
directory-account-not-here = Le compte ne peut pas se connecter à cette heure ou depuis cet ordinateur.
directory-account-password-expired = Le mot de passe a expiré : il doit d'abord être changé.
directory-account-disabled = Le compte est désactivé.
directory-account-expired = Le compte a expiré.
directory-account-must-change = Le mot de passe doit être changé avant la première connexion.
directory-account-locked = Le compte est verrouillé, peut-être après trop de mots de passe faux.
directory-refused-several = Plusieurs entrées des annuaires portent ce nom. Il faut un nom qu'une seule d'entre elles possède.
directory-refused-unavailable = L'annuaire n'a pas pu être interrogé.
test-step-directory-connection = Connexion
test-step-directory-tls = TLS
test-step-directory-bind = Authentification du compte de lecture
test-step-directory-base = Base
test-step-directory-users = Personnes
test-step-directory-groups = Groupes
directory-test-connection = { $place } accepte les connexions.
directory-test-ldaps = { $place } parle TLS, et son certificat est de confiance.
directory-test-starttls = { $place } passe à TLS par StartTLS, et son certificat est de confiance.
directory-test-bind = { $place } accepte { $account }.
directory-test-bind-refused = L'annuaire refuse { $account } : { $account-state } Corrigez le nom ou le mot de passe. Il n'est pas réessayé de lui-même.
directory-test-base = L'entrée { $base } existe.
directory-test-people = { $count } personnes sont trouvées, dont : { $sample }
directory-test-people-referrals = { $count } personnes sont trouvées, dont : { $sample } Renvois vers d'autres serveurs, qui ne sont pas suivis : { $referrals }.
directory-test-people-unfit = { $count } personnes sont trouvées ({ $sample }), et { $unfit } entrées sans identité stable ou sans nom d'utilisateur utilisable, qui ne sont pas reprises. Resserrez le filtre, ou corrigez les attributs.
directory-test-nobody = Personne n'est trouvé. Corrigez la base ou le filtre, ou donnez au compte le droit de lecture.
directory-test-groups = { $count } groupes sont trouvés, dont : { $sample }
directory-test-no-group = Aucun groupe n'est trouvé. Corrigez le filtre des groupes.
directory-test-groups-none = Aucun filtre des groupes n'est donné : aucun groupe n'est repris.
audit-directory-add = Annuaire ajouté
audit-directory-change = Annuaire modifié
audit-directory-remove = Annuaire retiré
audit-directory-read = Lecture de l'annuaire demandée
audit-directory-confirm = Personnes moins nombreuses de l'annuaire confirmées
audit-directory-test = Compte de l'annuaire à nouveau accepté
audit-person-adopt = Personne créée à la main reprise
audit-person-gone = Personne absente de sa source
audit-group-gone = Groupe absent de sa source
