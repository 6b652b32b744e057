event-enrolled = L'appareil s'est inscrit pour { $username }.
event-identity-renewed = L'appareil a renouvelé son identité propre.
event-identity-replaced = L'appareil s'est servi de son identité renouvelée. La précédente ne compte plus.
event-session-started = L'appareil a ouvert une session.
event-message-refused = L'appareil a refusé tout le message du serveur et mis fin à la session : rien n'en a été exécuté. Sa prochaine session demandera ce qu'il en est. Si cela se répète à chaque fois, inscrivez l'appareil à nouveau.
event-value-lost = Une grande valeur que l'appareil a transmise en morceaux est arrivée abîmée ou incomplète et n'a pas été utilisée. Elle sera redemandée ; si cela se répète à chaque fois, voyez ce qui se trouve entre l'appareil et le serveur.
event-planned = « { $configuration } » a été prévu, tentative { $attempt }.
event-already-trusted = L'appareil reconnaît déjà ce certificat de l'autorité.
event-trust-added = Un certificat de l'autorité a été placé dans le magasin de confiance de l'appareil.
event-waiting-for-challenge = En attente d'un défi.
event-sent = Un défi a été obtenu et la commande envoyée.
event-accepted = L'appareil a accepté la commande. Ce n'est pas encore un certificat.
event-forwarded = { $message_type ->
    [17] Un renouvellement a été remis à l'autorité.
    [20] L'appareil a demandé à l'autorité où en est sa demande.
   *[other] La demande de l'appareil a été remise à l'autorité.
}
event-answered = { $status ->
    [success] L'autorité a émis un certificat.
    [pending] L'autorité veut qu'une personne approuve la demande.
    [failure] L'autorité a refusé la demande.
    [unreachable] L'autorité est injoignable : rien de la demande n'est parti.
    [busy] L'autorité n'a pas encore répondu à toutes les demandes qu'elle peut avoir en cours : celle-ci n'a pas été remise.
    [http] L'autorité a répondu par une erreur HTTP au lieu d'un message SCEP.
    [timed_out] L'autorité n'a pas répondu à temps.
    [broken] La connexion à l'autorité s'est rompue avant l'arrivée de sa réponse.
    [too_long] La réponse de l'autorité est plus longue que ce qui est lu.
    [not_scep] L'autorité a répondu par autre chose qu'un message SCEP.
   *[other] L'autorité a répondu : { $status }.
}
event-request-refused = { $reason ->
    [other-transaction] Une demande à l'adresse de cette remise a été refusée : l'adresse appartient à une autre transaction. Quelqu'un d'autre connaît peut-être l'adresse, ou l'appareil a créé une seconde clé.
    [other-key] Une demande à l'adresse de cette remise a été refusée : la transaction est la bonne, mais une autre clé l'a signée. Quelqu'un d'autre connaît peut-être l'adresse.
    [unknown-transaction] Une interrogation à l'adresse de cette remise a été refusée : aucune demande ne l'a précédée.
    [message-type] Une demande à l'adresse de cette remise a été refusée : son genre (messageType { $message_type }) n'est pas admis ici.
    [challenge-expired] Une demande à l'adresse de cette remise a été refusée : elle est venue après l'expiration du défi.
    [not-awaited] Une demande à l'adresse de cette remise a été refusée : plus aucune demande n'y est attendue.
    [outcome-unknown] Une demande à l'adresse de cette remise a été refusée : nul ne sait si l'autorité a déjà émis un certificat pour la même demande, et elle ne doit pas en émettre un second.
   *[other] Une demande à l'adresse de cette remise a été refusée : { $reason }.
}
event-outcome-unknown = { $trouble ->
    [http] La demande a été remise à l'autorité, qui a échoué (erreur HTTP) : il existe peut-être un certificat qu'aucun appareil ne détient.
    [timed_out] La demande a été remise à l'autorité, qui n'a pas répondu à temps : il existe peut-être un certificat qu'aucun appareil ne détient.
    [not_scep] La demande a été remise à l'autorité, dont la réponse n'est pas un message SCEP : il existe peut-être un certificat qu'aucun appareil ne détient.
    [too_long] La demande a été remise à l'autorité, dont la réponse est plus longue que ce qui est lu : il existe peut-être un certificat qu'aucun appareil ne détient.
    [broken] La demande a été remise à l'autorité, et la connexion s'est rompue avant sa réponse : il existe peut-être un certificat qu'aucun appareil ne détient.
   *[other] La demande a été remise à l'autorité et est restée sans réponse : il existe peut-être un certificat qu'aucun appareil ne détient.
}
event-found-in-ledger = { $state ->
    [issued] La demande est restée sans réponse. Le registre de l'autorité le dit : le certificat de numéro de série { $serial } a été émis. Qui demande à nouveau l'obtient.
    [intended] La demande est restée sans réponse. Le registre de l'autorité le dit : le certificat de numéro de série { $serial } est décidé et en cours de signature.
    [pending] La demande est restée sans réponse. Le registre de l'autorité le dit : la demande attend une personne.
    [refused] La demande est restée sans réponse. Le registre de l'autorité le dit : une personne a refusé la demande.
    [revoked] La demande est restée sans réponse. Le registre de l'autorité le dit : le certificat de numéro de série { $serial } a été émis, et il est révoqué.
   *[nothing] La demande est restée sans réponse. Le registre de l'autorité ne sait rien de la demande : aucun certificat n'a été émis, et le défi n'a pas servi.
}
event-not-installed = L'autorité a émis un certificat que l'appareil n'a pas prouvé détenir : il est peut-être orphelin auprès de l'autorité.
event-reported = { $status ->
    [1] L'appareil dit : installé.
    [2] L'appareil dit : en attente auprès de l'AC.
    [16] L'appareil dit : échec.
    [32] L'appareil dit : en cours.
   *[other] L'appareil dit : statut { $status }.
}
event-verified = { $by_certificate ->
    [yes] Le certificat est vérifié : l'appareil l'a montré en entier.
   *[no] Le certificat est vérifié : l'appareil a donné son empreinte.
}
event-failed = Échec.
event-retried = Nouvelle tentative.
event-unenrolled = { $how ->
    [sent_away] L'appareil est parti : il en avait reçu l'ordre, et a annoncé son départ.
    [revoked] L'appareil a été révoqué sur-le-champ : son identité n'ouvre plus de session.
    [silent] L'appareil est parti : il ne s'est pas manifesté pendant plus longtemps que permis. Son identité n'ouvre plus aucune session.
    [unheard] L'appareil a reçu l'ordre de partir et se tait depuis : il est considéré comme parti.
   *[user] L'appareil est parti : son utilisateur a mis fin à la gestion.
}
event-same-hardware = { $is_newer ->
    [yes] { $name } s'est inscrit et dit la même chose de son matériel que cet appareil : la même machine réinstallée, ou une copie.
   *[no] { $name } s'est inscrit plus tôt et dit la même chose de son matériel : la même machine avant sa réinstallation, ou une copie.
}
event-old-identity-shown = L'appareil s'est présenté avec une identité qu'il avait remplacée : il a été restauré d'une sauvegarde ou d'un instantané, ou c'est une copie. Il ne reçoit rien et doit se réinscrire.
event-node-deleted = Supprimé sur l'appareil, avec le certificat s'il y en avait un.
event-removal-asked = { $keeps_certificates ->
    [yes] { $by } a demandé que l'appareil parte et que ses certificats y restent. Cela attend sa prochaine session.
   *[no] { $by } a demandé que l'appareil parte et que ses certificats soient supprimés. Cela attend sa prochaine session.
}
event-removal-cancelled = { $by } a annulé le retrait : l'appareil reste.
event-removal-superseded = L'appareil s'est réinscrit avant d'avoir reçu l'ordre de partir : le retrait demandé est sans objet.
event-trust-gone = Interrogé de nouveau, l'appareil n'approuve plus ce certificat de l'autorité : quelqu'un l'a retiré. Il est remis en place.
event-trust-refused = L'appareil a refusé d'ajouter ce certificat de l'autorité à son magasin de confiance. Ce qui en dépend peut échouer.
event-trust-unwanted = { $by } a demandé que ce certificat soit retiré du magasin de confiance de l'appareil : rien n'en a plus besoin. Cela attend sa prochaine session.
event-trust-released = Rien n'a plus besoin de ce certificat intermédiaire : il est retiré du magasin de l'appareil.
event-trust-needed = Ce certificat reste dans le magasin de confiance de l'appareil : quelque chose en a de nouveau besoin, ou ce n'est pas à Sceau de le retirer.
event-trust-removed = Un certificat de l'autorité a été retiré du magasin de confiance de l'appareil.
event-trust-kept = L'appareil a refusé de retirer ce certificat de son magasin de confiance : il y reste.
event-node-kept = Ce qui a été mis en place ici n'a pas pu être supprimé sur l'appareil avant son départ : il l'a refusé, ou son utilisateur n'a pas ouvert de session.
event-told-to-leave = L'appareil a reçu l'ordre de mettre fin à la gestion.
event-leaving-refused = L'appareil a refusé de mettre fin à la gestion. L'ordre est répété à sa prochaine session.

audit-authority-add = Autorité ajoutée
audit-authority-announce = Certificat suivant de l'autorité annoncé
audit-authority-activate = Certificat suivant de l'autorité mis en service
audit-certificate-revoke = Certificat révoqué
audit-issuance-approve = Demande de certificat approuvée
audit-issuance-refuse = Demande de certificat refusée
audit-authority-change = Autorité modifiée
audit-authority-certificates = Certificats de l'autorité relus
audit-authority-remove = Autorité supprimée
audit-configuration-add = Configuration ajoutée
audit-configuration-change = Configuration modifiée
audit-configuration-remove = Configuration supprimée
audit-assignment-put = Distribution modifiée
audit-delivery-retry = Certificat retenté
audit-device-check = Certificats d'un appareil à vérifier
audit-device-distrust = Certificat d'une autorité à retirer d'un appareil
audit-device-put-away = Ancien appareil mis de côté
audit-records-erase = Données effacées
audit-device-remove = Retrait d'un appareil demandé
audit-device-revoke = Appareil révoqué sur-le-champ
audit-device-cancel-removal = Retrait d'un appareil annulé
audit-device-enrol = Appareil inscrit
audit-device-renew-identity = Identité d'un appareil renouvelée
audit-operator-add = Opérateur ajouté
audit-operator-login-link = Lien à usage unique créé
audit-operator-password = Mot de passe d'opérateur changé
audit-operator-sign-in = Connexion d'un opérateur
audit-operator-token = Jeton créé
audit-order-place = Adresse SCEP commandée
audit-person-add = Personne ajoutée
audit-person-change = Personne modifiée

chain-role-issuer = AC émettrice : Windows compare son SHA-1
chain-role-chain = AC
chain-role-ra_signing = Autorité d'enregistrement (RA), signe
chain-role-ra_encryption = Autorité d'enregistrement (RA), déchiffre
audit-authority-sign-in = Authentification auprès de l'autorité essayée
audit-device-enrol-refused = Inscription refusée
audit-person-code = Code à usage unique créé
audit-person-code-withdraw = Code à usage unique retiré
audit-admission-change = Inscription modifiée
audit-enrolment-token-make = Jeton d'inscription créé
audit-enrolment-token-withdraw = Jeton d'inscription retiré
event-fact-changed = { $fact ->
    [name] L'appareil a été renommé : { $before } est devenu { $after }.
    [os_version] Le Windows de l'appareil est passé de { $before } à { $after }.
    [serial_number] L'appareil donne un autre numéro de série qu'avant : { $before } est devenu { $after }. Une identité appartient à une seule machine. Soit sa carte mère a été remplacée, soit c'est une copie : faites alors réinscrire les deux machines.
    [edition] L'édition de Windows de l'appareil est passée de { $before } à { $after }.
   *[tpm] Le TPM de l'appareil : { $before ->
        [none] aucun
       *[other] { $before }
    } auparavant, { $after ->
        [none] aucun
       *[other] { $after }
    } maintenant.
}
event-silence-told = L'appareil ne s'est pas manifesté depuis { $days } jours. Si cela continue, il part le { $leaves_on }.
event-came-after-silence = L'appareil est revenu après être parti pour silence, et a été refusé. Il doit se réinscrire.
audit-device-leave-silent = Appareil parti : il ne s'est plus manifesté
audit-device-user = Utilisateur d'un appareil changé
event-user-set = { $by } a fait de { $username } l'utilisateur de l'appareil.
event-user-changed = { $by } a fait de { $username } l'utilisateur de l'appareil à la place de { $before }.
event-user-removed = { $by } a retiré l'utilisateur de l'appareil, { $before } : il n'en a plus.
event-values-changed = Ce que porte le certificat de { $configuration } a changé : { $before } est maintenant { $after }. Il est émis à nouveau ; celui qui est là reste jusqu'à ce que le nouveau soit prouvé.
event-value-gone = { $configuration } : ce que porte le certificat ne peut plus être rempli. Le certificat reste tel quel.
audit-device-name = Nom d'un appareil repris
event-name-taken = { $by } a repris le nom que l'appareil se donne : { $before } est maintenant { $after }, dans ses certificats aussi.
