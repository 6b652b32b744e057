devices-title = Appareils
devices-lead = Les appareils Windows inscrits dans Sceau.
devices-empty = Aucun appareil n'est encore inscrit. Sous Windows : Paramètres, Comptes, Accès Professionnel ou Scolaire, « S'inscrire uniquement à la gestion des appareils », avec le serveur { $server } et le nom et le mot de passe d'inscription d'une personne.
device-name = Nom
device-person = Personne
device-state = État
device-last-seen = Dernier signe de vie
device-enrolled = Inscrit
device-left = Parti
device-identity = Identité propre valable jusqu'au
device-identity-mark = Non renouvelée
device-identity-late = Un appareil renouvelle lui-même son identité propre, 42 jours avant son terme. S'il n'y parvient pas, il ne reçoit plus rien après ce terme, tant qu'il ne l'a pas renouvelée ou qu'il ne s'est pas réinscrit. Vérifiez qu'il est allumé et qu'il atteint Sceau.
device-windows = Windows
device-model = Modèle
device-serial = Numéro de série
device-facts = À propos de l'appareil
device-certificates = Certificats
device-no-certificates = Aucun certificat n'est encore prévu pour cet appareil.
device-configuration = Configuration
device-attempt = Tentative { $attempt }
device-timeline = Chronologie
device-timeline-empty = Rien ne s'est encore passé.
device-timeline-code = Code
device-timeline-took = en { $duration }
device-retry = Réessayer
device-subject = Sujet
device-what-to-do = Que faire
device-since = depuis le
device-not-before = Pas avant
state-waiting_for_device = En attente de l'appareil
state-waiting_for_challenge = En attente d'un défi
state-sent = Envoyé
state-enrolling = Inscription en cours
state-pending_at_ca = En attente auprès de l'AC
state-verified = Vérifié
state-failed = Échec
state-replaced = Remplacé par une tentative plus récente
state-removed = Retiré
state-all = Tous les états
sentence-waiting_for_device = L'appareil n'a pas donné signe de vie depuis. Il recevra son certificat à sa prochaine connexion.
sentence-waiting_for_challenge = L'appareil est là ; l'autorité ne donne pas de défi pour l'instant. Rien n'est perdu : elle sera sollicitée à nouveau.
sentence-sent = La commande est en route ; l'appareil ne l'a pas confirmée.
sentence-enrolling = L'appareil a accepté la commande et s'adresse à l'autorité. Ce n'est pas encore un certificat.
sentence-pending_at_ca = L'autorité veut qu'une personne approuve la demande.
sentence-verified = L'appareil détient le certificat, et l'a montré.
sentence-verified-by-thumbprint = L'appareil dit détenir le certificat et en a donné l'empreinte ; il n'a pas montré le certificat lui-même.
sentence-failed = Cela n'a pas marché, et n'ira pas de soi-même.
sentence-replaced = Une tentative plus récente a pris sa place.
sentence-removed = Le certificat n'est plus prévu pour cet appareil.
verified-by-certificate = vérifié par le certificat
verified-by-thumbprint = vérifié par l'empreinte
device-verified-count = { $count ->
    [one] { $count } vérifié
   *[other] { $count } vérifiés
}
device-open-count = { $count } en cours
device-failed-count = { $count ->
    [one] { $count } échec
   *[other] { $count } échecs
}
device-remove = Retirer…
device-remove-do = Retirer
device-remove-title = Retirer { $name }
device-remove-effects = Ce qui se passe
device-remove-next-session = Rien ne se passe avant que l'appareil n'appelle. À sa prochaine session, il reçoit l'ordre de mettre fin à la gestion, puis annonce son départ ou se tait. Tant qu'il n'a pas reçu cet ordre, le retrait peut être annulé.
device-remove-identity = Ensuite son identité est révoquée : il ne peut plus ouvrir de session, et doit se réinscrire pour revenir.
device-remove-unsent = { $count ->
    [one] Un certificat qu'il n'a pas encore reçu est annulé aussitôt.
   *[other] { $count } certificats qu'il n'a pas encore reçus sont annulés aussitôt.
}
device-remove-history = Sa page et sa chronologie restent lisibles. Un certificat émis reste valable jusqu'à son terme ou jusqu'à sa révocation par son autorité.
device-remove-windows = Selon sa documentation, Windows retire alors de lui-même les certificats mis en place par la gestion. Les laisser ne garantit pas qu'ils restent.
device-remove-delete = Supprimer les certificats et la confiance donnés par Sceau
device-remove-nodes = { $count ->
    [one] Un certificat, ou ce qu'une tentative en a laissé, est supprimé avec sa clé avant que l'appareil ne reçoive l'ordre de partir.
   *[other] { $count } certificats, ou ce que des tentatives en ont laissé, sont supprimés avec leurs clés avant que l'appareil ne reçoive l'ordre de partir.
}
device-remove-trust = { $count ->
    [one] Un certificat d'autorité est retiré du magasin de confiance, puisque Sceau l'y a placé :
   *[other] { $count } certificats d'autorités sont retirés du magasin de confiance, puisque Sceau les y a placés :
}
device-remove-former-trust = { $count ->
    [one] Un certificat d'autorité que l'appareil reconnaissait déjà, ou peut-être, reste dans tous les cas.
   *[other] { $count } certificats d'autorités que l'appareil reconnaissait déjà, ou peut-être, restent dans tous les cas.
}
device-remove-user = Ce qui est dans le magasin d'un utilisateur ne peut être supprimé que pendant que sa session est ouverte. La chronologie dit ce qui est resté.
device-leaving = Départ
device-leaving-waits = { $by } a demandé le { $at } que l'appareil parte. Cela attend la prochaine session de l'appareil.
device-leaving-told = { $by } a demandé le { $at } que l'appareil parte. Il en a reçu l'ordre : son annonce, ou deux jours de silence, y met fin.
device-stay = Le laisser rester
device-leaving-row = départ demandé par { $by } le { $at }
device-left-user = parti le { $at }, par la volonté de son utilisateur
device-left-sent-away = parti le { $at }, retiré par { $by }
device-left-unheard = se tait depuis son retrait par { $by } ; considéré comme parti depuis le { $at }
device-left-revoked = révoqué sur-le-champ le { $at } par { $by }
device-revoke = Révoquer…
device-revoke-do = Révoquer maintenant
device-revoke-title = Révoquer { $name }
device-revoke-now = Dès cet instant, son identité ne vaut plus rien : ni session, ni renouvellement, ni certificat par une adresse qui lui a été donnée. L'appareil n'est pas consulté, et rien n'y est supprimé.
device-revoke-final = Cela ne peut pas être annulé. L'appareil revient en se réinscrivant.
device-revoke-own = { $count ->
    [one] Un certificat d'une autorité intégrée est révoqué, et sa liste publiée aussitôt.
   *[other] { $count } certificats d'autorités intégrées sont révoqués, et leurs listes publiées aussitôt.
}
device-revoke-no-own = Aucun certificat d'une autorité intégrée n'est à révoquer.
device-revoke-done = L'identité de cet appareil est révoquée, et avec elle ce que des autorités intégrées lui ont délivré.
device-revoke-elsewhere = À révoquer auprès de l'autorité émettrice
device-revoke-elsewhere-hint = Sceau ne peut pas révoquer ceux-ci : tant que cette autorité ne le fait pas, qui détient l'appareil peut s'en servir. Ce qu'une autre autorité a délivré sans que l'appareil ait prouvé le détenir n'est pas listé ici.
device-revoke-elsewhere-none = L'appareil n'a prouvé détenir aucun certificat d'une autre autorité encore valable.
device-revoke-serial-unknown = numéro de série inconnu
device-left-unknown = parti le { $at }
notice-removal-asked = L'appareil partira à sa prochaine session.
notice-removal-cancelled = L'appareil reste.
device-trust = Autorités approuvées
device-trust-root = Racine
device-trust-intermediate = Intermédiaire
device-trust-absent = Absent de l'appareil depuis le { $at }.
device-trust-before = L'appareil l'approuvait déjà quand Sceau l'a interrogé le { $at } : il n'est jamais retiré.
device-trust-ours = Mis en place par Sceau le { $at }.
device-trust-unknown = Il est présent, et nul ne sait depuis quand (vu le { $at }) : il n'est jamais retiré.
device-trust-checked = Interrogé de nouveau le { $at } : toujours présent.
device-trust-needed = Un certificat de cet appareil en a besoin.
device-trust-unneeded = Rien sur cet appareil n'en a besoin.
device-trust-unwanted = Depuis le { $at }, il doit être retiré : cela attend la prochaine session de l'appareil.
device-distrust = Le retirer de l'appareil
device-distrust-title = Retirer de { $name } le certificat d'une autorité
device-distrust-effect = À sa prochaine session, l'appareil reçoit l'ordre de supprimer ce certificat de son magasin de confiance. Sa réponse figure dans sa chronologie.
device-distrust-others = Tout ce qui, sur cet appareil, repose sur cette autorité sans avoir été mis en place par Sceau n'est ensuite plus approuvé.
device-distrust-back = Si une configuration de cette autorité est de nouveau distribuée à l'appareil, le certificat est remis en place de lui-même.
device-distrust-do = Retirer
notice-distrust-asked = Le certificat est retiré de l'appareil à sa prochaine session.
device-twins = Le même matériel
device-twin-former = Il s'est inscrit plus tôt et se tait depuis l'inscription de cet appareil : sans doute la même machine avant sa réinstallation. Il ne reçoit rien de ce qui est destiné à celui-ci. Mettez-le de côté si c'est le cas.
device-twin-successor = Il s'est inscrit plus tard, et cet appareil se tait depuis : sans doute la même machine, réinstallée. Mettez celui-ci de côté si c'est le cas.
device-twin-copy = Les deux disent la même chose de leur matériel, et tous deux parlent encore : l'une des machines peut être une copie de l'autre, ou ce sont deux machines virtuelles issues d'un même modèle. Chacune ne reçoit que ses propres certificats. Si l'une a été copiée avec ses clés, faites réinscrire les deux.
device-put-away = Mettre de côté l'ancien appareil
device-left-replaced = mis de côté le { $at } : sa machine a été réinstallée
notice-put-away = L'ancien appareil a été mis de côté. Son identité ne vaut plus rien.
device-inventory = Ce que l'appareil a dit
device-told = Dit le
device-told-lead = On le lui demande après son inscription, puis à intervalles réguliers (devices.inventory_days). Ce qu'un appareil dit de lui-même ne prouve rien.
device-never-told = On ne le lui a pas encore demandé : ce sera fait à sa prochaine session.
device-not-told = non communiqué
device-new-name = Il s'appelle maintenant { $name }. Ses certificats gardent le nom qu'il avait auparavant, jusqu'à ce qu'un administrateur reprenne le nouveau ou que l'appareil se réinscrive.
device-dns-name = Nom DNS
device-edition = Édition
device-tpm = TPM
device-tpm-none = aucun qui soit prêt
device-utc-offset = Fuseau horaire
device-language = Langue
device-hardware-id = Identifiant matériel
device-imei = IMEI
device-wifi-mac = Adresse Wi-Fi
device-store-personal = Certificats de la machine (My)
device-store-roots = Racines de confiance (Root)
device-store-intermediates = Intermédiaires (CA)
device-store-count = { $count ->
    [one] { $count } certificat
   *[other] { $count } certificats
}
device-store-full = { $count } certificats ou plus
device-store-delivered = remis par Sceau
sentence-held_back = Il est retenu : d'après ce que l'appareil a dit de lui-même, il ne peut pas le recevoir. Aucun défi n'est pris pour lui. La remise reprend d'elle-même dès que l'appareil dit autre chose.
device-check = Vérifier maintenant
device-checked = revu le { $at } : toujours là
device-check-waits = pas revu depuis le { $at } : l'appareil sera interrogé à sa prochaine session
device-check-waits-user = pas revu depuis le { $at } : il est dans le magasin d'un utilisateur, et l'appareil sera interrogé dans une session de cet utilisateur
notice-check-asked = À sa prochaine session, l'appareil sera interrogé : détient-il toujours ses certificats ?
device-silence = Silence
device-silence-told = Cet appareil ne s'est pas manifesté depuis le { $seen } ; vous en êtes averti depuis le { $told }. Si cela continue, il part le { $leaves } : son identité ne vaudra plus rien, et il devra se réinscrire pour revenir.
device-silence-returned = Il était parti pour silence et est revenu le { $at } : il a été refusé.
device-silence-enrol = Il doit se réinscrire. Sur la machine : Paramètres > Comptes > Accès Professionnel ou Scolaire, déconnectez cette organisation, puis connectez-la de nouveau.
device-left-silent = parti le { $at } : il ne s'est pas manifesté pendant trop longtemps
standing-leaving = Sur le départ
standing-silent = Silencieux
standing-revoked = Révoqué
device-user = Utilisateur
device-user-nobody = aucun
device-user-link = Changer…
device-user-title = L'utilisateur de { $name }
device-user-now = C'est l'appareil de { $username }.
device-user-none = Il n'a pas d'utilisateur.
device-user-username = Nom d'utilisateur
device-user-hint = Celui d'une personne qui figure sous Personnes. Les conséquences sont d'abord montrées.
device-user-show = Montrer les conséquences
device-user-show-remove = Montrer les conséquences sans utilisateur
device-user-do = Changer l'utilisateur
device-user-do-remove = Retirer l'utilisateur
device-user-effects = Ce qui s'ensuit
device-user-same = C'est déjà le cas : rien ne s'ensuit.
device-user-set = { $username } devient l'utilisateur de l'appareil.
device-user-change = { $username } devient l'utilisateur de l'appareil à la place de { $before }.
device-user-remove = L'appareil n'a plus d'utilisateur ; c'était { $before }.
device-user-delivered = L'appareil reçoit des certificats, à sa prochaine session : { $names }
device-user-reissued = Des certificats sont émis à nouveau avec les nouvelles valeurs, et les anciens restent jusqu'à ce que les nouveaux soient prouvés : { $names }
device-user-withdrawn = Des certificats sont retirés de l'appareil, à sa prochaine session : { $names }
device-user-nothing = Aucun certificat de l'appareil ne change.
device-user-lacking = { $name } : { $why } Ce que l'appareil en a reste tel quel.
device-user-store = Ceux-ci sont destinés au magasin d'un utilisateur. Windows les met dans celui du compte qui a inscrit l'appareil, quel que soit son utilisateur ici. Si une autre personne ouvre désormais sa session Windows, faites-lui inscrire l'appareil : { $names }
device-user-enrolment = L'appareil reste inscrit tel quel. Un certificat émis reste valable jusqu'à son terme ou jusqu'à sa révocation par son autorité.
notice-user-set = L'appareil a un autre utilisateur.
notice-user-removed = L'appareil n'a plus d'utilisateur.
device-value-gone = Ce que porte le certificat ne peut plus être rempli ; il reste tel qu'il a été émis.
sentence-its-turn = Il est de nouveau prévu, mais pas avant le { $at } UTC : une tentative échouée attend un peu, et quand beaucoup de certificats sont émis à nouveau en même temps, chacun attend son tour.
device-take-name = Reprendre ce nom
device-take-name-hint = Les certificats qui portent son nom sont émis à nouveau avec celui-ci. Tout appareil peut se donner le nom d'un autre : assurez-vous que c'est bien le sien.
notice-name-taken = L'appareil porte le nom qu'il se donne.
