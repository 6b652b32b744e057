cause-variable-missing = La variable { $variable } ne peut être remplie pour cet appareil.
advice-variable-missing = Saisissez l'attribut correspondant à { $variable } dans la fiche de la personne (Personnes), ou retirez la variable de la configuration.
cause-subject-invalid = Le sujet ne peut être écrit pour Windows : { $detail }
advice-subject-invalid = Corrigez les attributs de la personne ou le sujet de la configuration.
cause-san-invalid = L'autre nom de type { $kind } ne peut être écrit : { $detail }
advice-san-invalid = Corrigez les attributs de la personne ou la ligne de la configuration.
cause-challenge-being-fetched = Un défi est en train d'être demandé à l'autorité.
advice-challenge-being-fetched = Rien : cela prend un instant.
cause-slots-taken = Les { $max } défis de l'autorité sont sortis, détenus par des appareils qui ne les ont pas utilisés. Le prochain se libère à { $until } au plus tard.
advice-slots-taken = Attendez. Si cela arrive souvent, augmentez PasswordMax sur le serveur NDES, et avec lui la limite dans le formulaire de l'autorité.
cause-cache-full = NDES dit que son cache de mots de passe est plein. Il sera sollicité à nouveau à { $until }.
advice-cache-full = Attendez. Si cela arrive souvent, augmentez PasswordMax sur le serveur NDES et vérifiez que rien d'autre n'y prend des défis.
cause-authority-unreachable = { $what ->
    [name] Le nom { $place } n'est pas résolu : l'autorité n'est pas joignable.
    [refused] Personne n'écoute à { $place } : l'autorité n'est pas joignable.
    [silent] L'autorité n'a pas répondu à temps.
    [busy] L'autorité n'a pas encore répondu à toutes les demandes qu'elle peut avoir en cours.
    [proxy] Le proxy { $place } ne mène pas à l'autorité.
    [tls] La connexion TLS avec { $place } a échoué.
    [broken] La connexion à l'autorité s'est rompue avant l'arrivée de sa réponse.
    [http] L'autorité a répondu par une erreur HTTP ({ $detail }).
    [page_status] La page des défis de l'autorité a répondu par l'erreur HTTP { $place }.
    [not_understood] L'autorité a répondu par autre chose que ce qui lui était demandé.
    [no_scheme] La page des défis ne propose aucune façon de s'authentifier qui soit admise ici.
    [basic_only] La page des défis n'accepte que Basic, qui envoie le mot de passe lui-même.
    [kerberos_only] La page des défis n'accepte que Kerberos.
   *[other] L'autorité ne répond pas : { $detail }.
} Nouvel essai à { $until }.
advice-authority-unreachable = { $what ->
    [no_scheme] Autorisez NTLM pour la page des défis dans IIS.
    [basic_only] Autorisez NTLM pour la page des défis dans IIS ; ou autorisez Basic dans le formulaire de l'autorité, avec une URL challenge en https.
    [kerberos_only] Autorisez NTLM pour la page des défis dans IIS (un fournisseur de l'authentification Windows) ; ou privilégiez Kerberos dans le formulaire de l'autorité.
   *[other] Testez la connexion sur la page de l'autorité ; vérifiez NDES, son pool d'applications et le réseau entre les deux.
}
cause-sign-in-refused = L'autorité a refusé le nom d'utilisateur ou le mot de passe.
advice-sign-in-refused = Saisissez le bon mot de passe sur la page de l'autorité. D'ici là, Sceau ne s'authentifie plus, pour ne pas verrouiller le compte. S'il est bon et que l'URL challenge est en http : une page qui exige la protection étendue n'accepte que https.
cause-account-refused = Le centre de distribution de clés refuse le compte : { account-problem }
account-problem = { $why ->
    [expired] le compte a expiré (KDC_ERR_NAME_EXP).
    [unknown] le compte n'y est pas connu (KDC_ERR_C_PRINCIPAL_UNKNOWN).
    [locked] le compte est verrouillé, désactivé, ou ne peut pas s'authentifier à cette heure (KDC_ERR_CLIENT_REVOKED).
    [password-expired] son mot de passe a expiré (KDC_ERR_KEY_EXPIRED).
    [password-wrong] son mot de passe est faux (KDC_ERR_PREAUTH_FAILED).
   *[other] { $why }.
}
advice-account-refused = { $why ->
    [expired] Retirez la date de fin du compte dans Active Directory, puis testez la connexion sur la page de l'autorité. D'ici là, Sceau ne s'authentifie plus.
    [unknown] Comparez le nom d'utilisateur et son domaine, sur la page de l'autorité, avec le compte dans Active Directory. Tant que le test n'est pas redemandé, Sceau ne s'authentifie plus.
    [locked] Déverrouillez ou activez le compte dans Active Directory, et cherchez qui s'authentifie avec un ancien mot de passe ; puis testez la connexion sur la page de l'autorité. D'ici là, Sceau ne s'authentifie plus.
    [password-expired] Donnez au compte un nouveau mot de passe dans Active Directory, sans expiration comme pour un compte de service, puis saisissez-le sur la page de l'autorité. D'ici là, Sceau ne s'authentifie plus.
   *[other] Saisissez le bon mot de passe sur la page de l'autorité. D'ici là, Sceau ne s'authentifie plus, pour ne pas verrouiller le compte. Si c'est le bon, le compte n'a peut-être pas de clé AES : changez son mot de passe une fois.
}
cause-no-permission = Le compte a été admis mais n'a pas droit aux défis.
advice-no-permission = Sur l'AC, donnez au compte le droit d'inscription sur les modèles de certificat que NDES utilise.
cause-page-not-understood = La page des défis est incompréhensible : { $excerpt }
advice-page-not-understood = Ouvrez l'URL challenge dans un navigateur avec le même compte et voyez ce qu'elle montre ; un frontal répond peut-être à la place de NDES.
cause-user-not-signed-in = Le certificat est destiné au magasin de l'utilisateur, et celui-ci n'a pas ouvert de session Windows.
advice-user-not-signed-in = Rien : il sera remis dès que l'utilisateur aura ouvert une session.
cause-message-too-large = La commande demande { $octets } octets, et l'appareil en accepte { $limit } au plus.
advice-message-too-large = Augmentez la taille des messages du client de gestion de l'appareil, ou réduisez la commande : moins de noms alternatifs, un sujet plus court. Aucun défi n'est dépensé entre-temps ; elle sera remise dès qu'elle tiendra.
cause-command-refused = L'appareil a refusé la commande avec le statut { $status } à { $node }.
advice-command-refused = Regardez la chronologie de l'appareil ; réessayez. Si cela persiste, inscrivez l'appareil à nouveau.
cause-authority-refused = L'autorité a refusé la demande (failInfo { $fail_info }).
advice-authority-refused = Regardez le journal des applications du serveur NDES et les demandes ayant échoué sur l'AC.
cause-authority-refused-bad-request = L'autorité a refusé la demande comme non autorisée.
advice-authority-refused-bad-request = Le défi était faux, déjà utilisé ou trop ancien, ou le modèle n'autorise pas ce qui était demandé. Regardez le journal des applications de NDES (événements 28, 29, 31) et les demandes ayant échoué sur l'AC.
cause-authority-refused-bad-time = L'autorité a refusé la demande à cause de son heure.
advice-authority-refused-bad-time = Réglez les horloges de l'appareil, du serveur NDES et de l'AC.
cause-authority-refused-hresult = L'autorité a refusé la demande : { $name } ({ $code }).
advice-authority-refused-hresult = Cherchez { $code } dans les demandes ayant échoué sur l'AC et dans le journal des applications du serveur NDES.
cause-challenge-expired = Le défi a expiré avant que l'appareil ne s'en serve.
advice-challenge-expired = Rien : un autre sera demandé au prochain signe de vie de l'appareil. Si cela arrive souvent, cherchez pourquoi les appareils joignent l'adresse SCEP si tard.
cause-no-answer = L'appareil a pris la commande puis n'a jamais joint l'autorité.
advice-no-answer = Vérifiez que l'appareil joint l'adresse SCEP (DNS, pare-feu, proxy, TLS), puis réessayez.
cause-certificate-mismatch = L'appareil montre un autre certificat que celui commandé : { $field } vaut « { $shown } » au lieu de « { $ordered } ».
advice-certificate-mismatch = Avec NDES, le modèle de l'AC décide de beaucoup : comparez-le avec la configuration. Si le sujet est celui d'un autre, examinez l'appareil avant de lui faire confiance.
cause-certificate-gone = L'appareil ne détient plus le certificat.
advice-certificate-gone = Trouvez qui le supprime (une personne, un script, une stratégie), puis réessayez.
cause-queued-behind = Cet appareil attend un défi de l'autorité à la place { $place } ({ $ahead } avant lui).
advice-queued-behind = Rien : chaque appareil reçoit son défi à son tour. Pour aller plus vite, augmentez PasswordMax sur le serveur NDES, et avec lui la limite dans le formulaire de l'autorité.
cause-queued-behind-until = Cet appareil attend un défi de l'autorité à la place { $place } ({ $ahead } avant lui) ; son tour vient vers { $until }.
advice-queued-behind-until = Rien : chaque appareil reçoit son défi à son tour. Pour aller plus vite, augmentez PasswordMax sur le serveur NDES, et avec lui la limite dans le formulaire de l'autorité.
cause-slots-held-silent = { $held } défis sur { $max } sont retenus par des appareils muets jusqu'à { $until }.
advice-slots-held-silent = Attendez, ou allumez ces appareils. Si cela arrive souvent, augmentez PasswordMax sur le serveur NDES, et avec lui la limite dans le formulaire de l'autorité.
cause-challenge-forgotten = L'autorité a redémarré et a oublié le défi avant que l'appareil ne s'en serve.
advice-challenge-forgotten = Rien : un nouveau défi est demandé quand l'appareil se manifeste. Si cela arrive souvent, regardez les heures de recyclage du pool d'applications de NDES.
cause-challenge-not-asked = L'autorité ne demande pas de défi : elle donne un certificat à quiconque l'atteint.
advice-challenge-not-asked = Mettez EnforcePassword à 1 sur le serveur NDES et redémarrez son pool d'applications.
cause-page-truncated = La page des défis s'est arrêtée au milieu.
advice-page-truncated = Rien : elle est redemandée. Si cela persiste, regardez ce qui se trouve devant NDES.
cause-policy-module = Un module de stratégie de l'autorité a répondu à la place de sa page : { $detail }
advice-policy-module = Employez un serveur NDES sans module de stratégie (le connecteur de certificats d'Intune en installe un), ou retirez le module.
cause-kerberos-impossible = Kerberos ne peut pas servir à la connexion à l'autorité : { ticket-problem }
ticket-problem = { $why ->
    [unreachable] le centre de distribution de clés ne répond pas.
    [no-domain] le nom d'utilisateur ne contient pas de domaine ; écrivez DOMAINE\utilisateur ou utilisateur@domaine.
    [other-realm] le compte ou le serveur appartient à un domaine dont le centre de distribution de clés n'est pas connu.
    [no-service] aucun compte ne porte le nom de principal de service du serveur, HTTP/ suivi de l'hôte de l'URL des défis.
    [clock] les horloges du serveur et du contrôleur de domaine diffèrent trop.
    [no-cipher] le compte ou le serveur n'a pas de clé AES ; changez son mot de passe une fois, et autorisez-lui AES.
    [refused] le serveur refuse le ticket ; le compte qui porte son nom de principal de service n'est pas celui de son pool d'applications, ou l'authentification a perdu en route sa liaison au canal.
    [not-understood] la réponse du centre de distribution de clés n'est pas comprise.
   *[other] le centre de distribution de clés refuse ({ $why }).
}
advice-kerberos-impossible = { $why ->
    [unreachable] Vérifiez qu'un contrôleur de domaine fonctionne et que le port 88 (TCP) est ouvert de ce serveur vers lui ; ou nommez-en un comme centre de distribution de clés sur la page de l'autorité.
    [no-domain] Écrivez le nom d'utilisateur avec son domaine sur la page de l'autorité.
    [other-realm] Employez un compte du domaine du serveur, et nommez un contrôleur de ce domaine comme centre de distribution de clés ; ou laissez servir NTLM.
    [no-service] Enregistrez le nom pour le compte du pool d'applications de NDES (setspn -S HTTP/hôte compte), et employez cet hôte dans l'URL challenge, non une adresse.
    [clock] Faites prendre l'heure à la même source par le serveur NDES et les contrôleurs de domaine (w32tm /resync) ; cinq minutes d'écart sont tolérées.
    [no-cipher] Changez le mot de passe du compte et autorisez-lui AES (msDS-SupportedEncryptionTypes 24) ; faites de même pour le compte de NDES.
    [refused] Enregistrez HTTP/hôte pour le seul compte du pool d'applications (setspn -X trouve les doublons), et que rien ne termine TLS devant NDES s'il exige la liaison au canal.
    [not-understood] Regardez le journal de ce serveur, et vérifiez qu'un contrôleur de domaine répond à cette adresse ; ou laissez servir NTLM.
   *[other] Cherchez le code dans la RFC 4120 §7.5.9 et dans le journal du contrôleur de domaine ; ou laissez servir NTLM.
}
cause-thumbprint-of-another = L'appareil a reçu l'empreinte { $ordered }, mais l'émetteur des certificats de l'autorité a maintenant { $issuer }.
advice-thumbprint-of-another = Reprenez la nouvelle chaîne de l'autorité sur sa page, puis distribuez à nouveau.
cause-still-pending = La demande attend toujours une approbation auprès de l'autorité, et l'appareil ne demande plus (il a demandé { $polls } fois en tout).
advice-still-pending = Approuvez la demande sur la CA, puis réessayez ; ou retirez du modèle l'approbation du gestionnaire de CA.

cause-device-error-http-bad-request = L'appareil a reçu HTTP 400 de l'adresse SCEP ({ $code }).
advice-device-error-http-bad-request = Vérifiez l'adresse dans la configuration et ce qui se trouve devant NDES.
cause-device-error-http-sign-in = L'adresse SCEP demande à l'appareil de s'authentifier ({ $code }).
advice-device-error-http-sign-in = Autorisez l'accès anonyme à /certsrv/mscep dans IIS ; seul mscep_admin demande un compte.
cause-device-error-http-forbidden = L'adresse SCEP est interdite à l'appareil ({ $code }).
advice-device-error-http-forbidden = Dans IIS, mettez les certificats clients sur Ignorer, et retirez des racines de confiance du serveur les certificats qui ne sont pas auto-signés.
cause-device-error-http-not-found = Il n'y a rien à l'adresse SCEP ({ $code }).
advice-device-error-http-not-found = Corrigez l'URL SCEP de l'autorité ou installez le rôle NDES sur ce serveur.
cause-device-error-http-method = L'adresse SCEP n'accepte pas POST ({ $code }).
advice-device-error-http-method = Laissez passer les requêtes POST par le proxy ou le pare-feu devant NDES.
cause-device-error-http-proxy = Un proxy a arrêté la requête de l'appareil ({ $code }).
advice-device-error-http-proxy = Exemptez l'adresse SCEP du proxy pour les appareils.
cause-device-error-http-client-error = L'adresse SCEP a refusé la requête de l'appareil ({ $code }).
advice-device-error-http-client-error = Examinez ce qui se trouve devant NDES.
cause-device-error-http-server-error = NDES ou l'AC derrière lui a échoué ({ $code }).
advice-device-error-http-server-error = Regardez le journal des applications de NDES (événement 31), son compte de service et ses certificats d'autorité d'enregistrement.
cause-device-error-http-gateway = Un serveur entre l'appareil et NDES n'a pas eu de bonne réponse ({ $code }).
advice-device-error-http-gateway = Démarrez le pool d'applications SCEP ; vérifiez que le proxy joint NDES et que les listes de révocation sont accessibles.
cause-device-error-timeout = L'appareil n'a pas eu de réponse à temps ({ $code }).
advice-device-error-timeout = Vérifiez que NDES joint l'AC, et combien de temps cela prend.
cause-device-error-name-not-resolved = L'appareil ne trouve pas le nom de l'adresse SCEP ({ $code }).
advice-device-error-name-not-resolved = Publiez le nom dans le DNS que l'appareil utilise.
cause-device-error-cannot-connect = L'appareil ne peut se connecter à l'adresse SCEP ({ $code }).
advice-device-error-cannot-connect = Ouvrez le port dans le pare-feu entre l'appareil et le serveur.
cause-device-error-bad-http-answer = L'appareil a reçu une réponse qui n'est pas du HTTP correct ({ $code }).
advice-device-error-bad-http-answer = Vérifiez que rien ne modifie les réponses en chemin et que le serveur n'y demande pas de certificat client.
cause-device-error-tls = L'appareil et l'adresse SCEP ne s'accordent pas sur TLS ({ $code }).
advice-device-error-tls = Le client SCEP de Windows parle TLS 1.2 : autorisez-le ; vérifiez le certificat du serveur (nom, dates, chaîne) et l'horloge de l'appareil.
cause-device-error-tls-certificate = L'appareil n'accepte pas le certificat TLS du serveur ({ $code }).
advice-device-error-tls-certificate = Donnez au serveur un certificat au bon nom, reconnu par l'appareil, ou placez d'abord sa racine sur l'appareil.
cause-device-error-network = L'appareil a eu un problème de réseau ({ $code }).
advice-device-error-network = Réessayez quand l'appareil a une bonne connexion.
cause-device-error-thumbprint = L'empreinte de la configuration n'est pas celle du certificat de l'autorité ({ $code }).
advice-device-error-thumbprint = Testez l'autorité, puis enregistrez la configuration avec le SHA-1 de l'AC émettrice. Il change quand l'AC est renouvelée.
cause-device-error-answer-attributes = Il manque à la réponse de l'autorité une chose dont Windows a besoin ({ $code }).
advice-device-error-answer-attributes = Mettez à jour le serveur SCEP.
cause-device-error-answer-recipient = L'autorité a chiffré sa réponse pour un autre certificat ({ $code }).
advice-device-error-answer-recipient = Le serveur SCEP doit répondre au certificat de la demande : mettez-le à jour.
cause-device-error-answer-signer = La réponse de l'autorité est signée par un certificat qu'elle ne montre pas ({ $code }).
advice-device-error-answer-signer = Redémarrez NDES après le renouvellement de ses certificats d'autorité d'enregistrement, puis testez l'autorité.
cause-device-error-answer-not-scep = L'appareil a reçu autre chose qu'une réponse SCEP ({ $code }).
advice-device-error-answer-not-scep = Regardez ce que répond l'adresse SCEP : sans doute une page d'erreur en HTML.
cause-device-error-certificate-gone = Le certificat ou sa clé a disparu de l'appareil ({ $code }).
advice-device-error-certificate-gone = Trouvez qui l'a supprimé, puis réessayez.
cause-device-error-revocation = L'appareil ou NDES ne peut vérifier si un certificat est révoqué ({ $code }).
advice-device-error-revocation = Publiez les listes de révocation de l'AC par http, accessibles aux appareils et à NDES.
cause-device-error-subject = Le sujet n'a pas été accepté ({ $code }).
advice-device-error-subject = Raccourcissez ou corrigez le sujet ; un nom contient au plus 64 caractères.
cause-device-error-expired = Un certificat en chemin n'est pas valable en ce moment ({ $code }).
advice-device-error-expired = Vérifiez l'horloge de l'appareil, et si les certificats d'autorité d'enregistrement ont expiré.
cause-device-error-untrusted-root = L'appareil ne reconnaît pas la racine de l'autorité ({ $code }).
advice-device-error-untrusted-root = Réessayez : Sceau y place d'abord la racine. Après un renouvellement de l'AC, réémettez les certificats d'autorité d'enregistrement.
cause-device-error-chain = L'appareil ne peut construire la chaîne du certificat ({ $code }).
advice-device-error-chain = Vérifiez que les certificats intermédiaires sont accessibles, et testez l'autorité.
cause-device-error-key = La clé de l'appareil ou une signature est abîmée ({ $code }).
advice-device-error-key = Réessayez : une nouvelle clé sera créée.
cause-device-error-ndes-key-store = Le magasin de clés de NDES est abîmé ({ $code }).
advice-device-error-ndes-key-store = Sur le serveur NDES, redéfinissez le mot de passe unique ou réémettez ses certificats d'autorité d'enregistrement.
cause-device-error-key-provider = Le fournisseur de clés ne convient pas au modèle de certificat ({ $code }).
advice-device-error-key-provider = Utilisez un modèle de version 2 ou plus avec un fournisseur de stockage de clés.
cause-device-error-key-missing = L'appareil ne retrouve pas la clé qu'il a créée ({ $code }).
advice-device-error-key-missing = Réessayez : une nouvelle clé sera créée.
cause-device-error-key-needs-person = La clé demande une personne devant l'appareil ({ $code }).
advice-device-error-key-needs-person = Choisissez TPM ou logiciel comme stockage de la clé pour les certificats de l'appareil.
cause-device-error-tpm-refuses-key = Le TPM de l'appareil ne sait pas créer une telle clé ({ $code }).
advice-device-error-tpm-refuses-key = Choisissez 2048 bits, ou « TPM s'il existe » ou « Logiciel » comme stockage de la clé.
cause-device-error-tpm = Le TPM de l'appareil a un problème ({ $code }).
advice-device-error-tpm = Mettez à jour le micrologiciel du TPM, ou effacez-le après avoir sauvegardé ses clés.
cause-device-error-ca-no-request = L'AC ne connaît plus la demande ({ $code }).
advice-device-error-ca-no-request = Réessayez.
cause-device-error-ca-denied = L'AC ne laisse pas le compte de NDES s'inscrire ({ $code }).
advice-device-error-ca-denied = Donnez au compte de NDES le droit d'inscription, sur l'AC et sur le modèle.
cause-device-error-ca-manager-denied = Un gestionnaire de l'AC a rejeté la demande ({ $code }).
advice-device-error-ca-manager-denied = Adressez-vous au gestionnaire de l'AC.
cause-device-error-ca-template = L'AC ne propose pas le modèle de certificat ({ $code }).
advice-device-error-ca-template = Publiez le modèle sur l'AC et nommez-le dans le registre de NDES pour les trois usages.
cause-device-error-ca-template-data = Il manque à la demande une chose que le modèle exige ({ $code }).
advice-device-error-ca-template-data = Ajoutez-la à la configuration (le plus souvent un autre nom de l'objet), ou changez le modèle.
cause-device-error-ca-key-length = La clé est plus courte que ne le permet le modèle ({ $code }).
advice-device-error-ca-key-length = Portez la longueur de la clé à 2048 au moins dans la configuration.
cause-device-error-ca-unreachable = NDES ne joint pas l'AC ({ $code }).
advice-device-error-ca-unreachable = Démarrez le service de l'AC ; ouvrez le port 135 et les ports dynamiques entre NDES et l'AC.
cause-device-error-ca-refused = L'AC a refusé la demande ({ $name }, { $code }).
advice-device-error-ca-refused = Regardez les demandes ayant échoué sur l'AC.
cause-device-error-argument = Windows ne peut employer un élément de la configuration ({ $code }).
advice-device-error-argument = Vérifiez le sujet, les autres noms, les usages et la longueur de clé de la configuration.
cause-device-error-smart-card = Windows a cherché une carte à puce ({ $code }).
advice-device-error-smart-card = Choisissez TPM ou logiciel comme stockage de la clé.
cause-device-error-enrolment = L'inscription de l'appareil a un problème ({ $code }).
advice-device-error-enrolment = Retirez l'inscription de l'appareil sous « Accès Professionnel ou Scolaire » et inscrivez-le à nouveau.
cause-device-error-unknown = L'appareil a signalé { $code } ({ $name }).
advice-device-error-unknown = Cherchez { $code } ; le journal DeviceManagement-Enterprise-Diagnostics-Provider de l'appareil en dit plus. Puis réessayez.
cause-device-error-interrupted = L'appareil a interrompu sa demande de certificat ({ $code }) : il a sans doute été éteint.
advice-device-error-interrupted = Il n'y a rien à faire : un nouvel essai a lieu quand l'appareil revient.
cause-device-error-accepted = L'appareil a pris la commande et y travaille encore ({ $code }).
advice-device-error-accepted = Rien : son état est redemandé.
cause-device-error-connector-tls = Le connecteur de certificats du serveur NDES n'a pas pu s'accorder sur TLS ({ $code }).
advice-device-error-connector-tls = Relancez l'installation du connecteur : son propre certificat porte un mauvais nom. Mieux, employez un serveur NDES sans connecteur.
cause-tpm-missing = La clé doit se trouver dans un TPM, et l'appareil a dit qu'il n'en a aucun qui soit prêt.
advice-tpm-missing = Activez le TPM dans le micrologiciel de l'appareil et vérifiez dans tpm.msc, sous Windows, qu'il est prêt, ou choisissez « TPM s'il existe » comme stockage de la clé dans la configuration. La question est reposée à chaque session et la remise reprend d'elle-même.
cause-windows-too-old = Le Windows de l'appareil est en version { $version }, et cette configuration demande { $needed } ou plus récent.
advice-windows-too-old = Mettez Windows à jour sur l'appareil. Si la configuration ne demande que SHA-3, autorisez aussi SHA-2. La question est reposée à chaque session et la remise reprend d'elle-même.
cause-serial-not-listed = Le numéro de série de l'appareil ({ $serial }) ne figure pas sur la liste de ceux qui reçoivent des certificats.
advice-serial-not-listed = Si c'est un de vos appareils, ajoutez son numéro de série sous Admin > Inscription. La question est reposée à chaque session et la remise reprend d'elle-même. S'il n'en a donné aucun, son fabricant a laissé le champ vide : retirez-le de la distribution, ou videz la liste.
cause-edition-unsupported = L'édition de Windows de l'appareil ({ $edition }) ne reçoit pas de certificats par la gestion, d'après les listes de Microsoft.
advice-edition-unsupported = Passez à une édition de Windows qui en reçoit, comme Professionnel, Entreprise ou Éducation, ou retirez l'appareil de la distribution. La question est reposée à chaque session et la remise reprend d'elle-même.
