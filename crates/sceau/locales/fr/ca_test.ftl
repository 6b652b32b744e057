# Les étapes du test d'une autorité.
test-good = Bon
test-note = Note
test-warning = À voir
test-failed = Échec
test-skipped = Non essayé

test-summary = { $count ->
    [0] Rien n'a échoué.
    [one] Une étape a échoué.
   *[other] { $count } étapes ont échoué.
}

test-step-scep-name = Adresse SCEP : nom
test-step-scep-connection = Adresse SCEP : connexion
test-step-scep-tls = Adresse SCEP : TLS
test-step-capabilities = Capacités (GetCACaps)
test-step-certificates = Certificats (GetCACert)
test-step-certificate = Certificat
test-step-chain = Chaîne
test-step-thumbprint = Empreinte pour Windows
test-step-revocation = Liste de révocation
test-step-challenge-name = Adresse des défis : nom
test-step-challenge-connection = Adresse des défis : connexion
test-step-challenge-tls = Adresse des défis : TLS
test-step-sign-in = Authentification
test-step-permission = Droit d'obtenir des défis
test-step-key = Clé

test-skipped-after-failure = Non essayé, à cause de l'échec qui précède.

test-name-good = { $host } se trouve à { $addresses }.
test-name-by-proxy = Le nom { $host } est résolu par le mandataire { $proxy }.
test-name-unknown = Le nom { $host } ne peut être résolu. Vérifiez son orthographe et le DNS de ce serveur.
test-address-unusable = { $place } ne peut servir d'adresse.
test-connection-good = { $address } accepte les connexions.
test-connection-by-proxy = { $place } accepte les connexions à travers le mandataire { $proxy }.
test-connection-proxy = { $place } n'est pas joint : le mandataire { $proxy } ne peut servir. { $detail }
test-connection-refused = { $place } refuse les connexions : rien n'y écoute, ou un pare-feu refuse à sa place.
test-connection-timed-out = { $place } n'a pas répondu à temps : il est éteint, ou un pare-feu jette les paquets.
test-connection-failed = { $place } ne peut être joint. Le système dit : { $detail }

test-tls-good = { $version } avec { $suite }. Certificat de { $subject }, émis par { $issuer }, jusqu'au { $until }.
test-tls-expiring = { $version } avec { $suite }. Le certificat de { $subject }, émis par { $issuer }, expire bientôt : { $until }. { $count ->
    [one] Il reste un jour.
   *[other] Il reste { $count } jours.
}
test-tls-plain-scep = http simple. SCEP chiffre et signe lui-même ses messages : c'est l'usage.
test-tls-plain-challenge = http simple : le défi circule en clair, et une personne l'a accepté. Mieux vaut https.
test-tls-none = { $place } répond autre chose que du TLS. Est-ce le bon port ?
test-tls-no-common-suite = { $place } n'offre ni suite cryptographique ni version connue d'ici, comme Windows Server 2012 R2 avec un certificat RSA. Utilisez Windows Server 2016 ou plus récent, ou un certificat ECDSA, ou une adresse http pour SCEP.
test-tls-unknown-issuer = Le certificat de { $place } vient d'une autorité à laquelle rien ne fait confiance ici. Donnez le certificat de cette autorité comme certificat de confiance.
test-tls-common-name-only = Le certificat de { $place } n'est pas pour ce nom, ou n'a qu'un nom commun. Il lui faut ce nom comme autre nom de l'objet.
test-tls-other-name = Le certificat de { $place } est pour d'autres noms : { $names }
test-tls-expired = Le certificat de { $place } a expiré. Renouvelez-le.
test-tls-not-yet = Le certificat de { $place } n'est pas encore valable. Comparez les horloges.
test-tls-authority-as-server = Le certificat de { $place } est celui d'une autorité, par exemple un certificat signé par lui-même. Il faut au serveur un certificat émis pour lui.
test-tls-certificate = Le certificat de { $place } n'est pas accepté : { $detail }
test-tls-failed = TLS avec { $place } a échoué : { $detail }

test-capabilities-good = Elle sait faire : { $list }
test-capabilities-empty = Elle répond sans dire ce qu'elle sait faire. Sceau envoie du SHA-256 et du triple DES, par GET.
test-capabilities-status = Elle ne dit pas ce qu'elle sait faire (statut HTTP { $status }). Sceau envoie du SHA-256 et du triple DES, par GET.
test-capabilities-unanswered = La question de ce qu'elle sait faire est restée sans réponse.
test-capabilities-no-post = POSTPKIOperation manque : les demandes passent par GET, et les serveurs web coupent les adresses longues. Activez-le.
test-capabilities-weak-hash = Ni SHA-256 ni un hachage plus long n'est offert. Activez SHA-256.
test-capabilities-no-aes = AES manque : les demandes sont chiffrées en triple DES. NDES n'a rien d'autre.
test-capabilities-no-renewal = Renewal manque : chaque renouvellement prend un nouveau défi.

test-certificates-good = { $count ->
    [one] Elle a montré un certificat.
   *[other] Elle a montré { $count } certificats.
}
test-certificates-unanswered = La demande de ses certificats est restée sans réponse.
test-certificates-status = L'adresse répond, mais pas comme un serveur SCEP : statut HTTP { $status }. Pour NDES, elle finit par /certsrv/mscep/mscep.dll.
test-certificates-not-scep = L'adresse répond, mais pas comme un serveur SCEP : elle a envoyé { $type } à la place de certificats. Pour NDES, elle finit par /certsrv/mscep/mscep.dll.

test-certificate-good = { $subject } ({ $roles }), jusqu'au { $until }. SHA-1 { $sha1 }, SHA-256 { $sha256 }, MD5 { $md5 }
test-certificate-expiring = { $subject } ({ $roles }) expire bientôt, le { $until } : { $count ->
    [one] il reste un jour.
   *[other] il reste { $count } jours.
} Renouvelez-le à temps, sinon l'inscription s'arrête. SHA-1 { $sha1 }, SHA-256 { $sha256 }, MD5 { $md5 }
test-certificate-expired = { $subject } ({ $roles }) a expiré le { $until }. Renouvelez-le : d'ici là, aucun appareil n'obtient de certificat. SHA-1 { $sha1 }, SHA-256 { $sha256 }, MD5 { $md5 }
test-certificate-not-yet = { $subject } ({ $roles }) n'est valable qu'à partir du { $from }. Comparez les horloges. SHA-1 { $sha1 }, SHA-256 { $sha256 }, MD5 { $md5 }

test-chain-ra = { $signing } signe les réponses et { $encryption } déchiffre les demandes ; les deux ont été émis par { $issuer }.
test-chain-no-ra = { $subject } parle en son propre nom, sans autorité d'enregistrement.
test-chain-no-ra-usages = { $subject } parle pour elle-même, sans autorité d'enregistrement, et il manque { $usages } à l'usage de sa clé. Windows y veut digitalSignature et keyEncipherment et peut s'arrêter là. Donnez au serveur un certificat d'AC qui a les deux, ou des certificats d'autorité d'enregistrement.
test-chain-ra-foreign = Le certificat de RA { $subject } a été émis par { $issuer }, qui n'est aucun des certificats d'AC montrés. Windows s'arrête là. Après un renouvellement de l'AC, les certificats de la RA doivent être réémis.
test-chain-no-root = La chaîne s'arrête sous sa racine, { $issuer }. Les appareils doivent recevoir cette racine par un autre chemin.
test-chain-changed = Une autre AC que celle qui est enregistrée est montrée : son SHA-1 était { $before }, il est { $now }. Rien n'a été enregistré. Comparez avec l'AC elle-même, puis adoptez-la sur la page de l'autorité.
test-chain-ra-renewed = Les certificats de la RA ont été renouvelés. Ils ont été repris.

test-thumbprint-shown = Windows comparera { $sha1 }, le SHA-1 de { $subject }.
test-thumbprint-fits = La configuration { $configuration } donne cette empreinte aux appareils.
test-thumbprint-differs = La configuration { $configuration } donne { $ordered } aux appareils, mais l'autorité est { $sha1 } : chaque appareil s'arrêtera avec 0x80091007. Corrigez l'empreinte de la configuration.

test-revocation-none = Ses certificats ne nomment aucune liste de révocation.
test-revocation-good = La liste à { $url } est valable jusqu'au { $until }.
test-revocation-endless = La liste à { $url } est valable ; elle ne dit pas jusqu'à quand.
test-revocation-stale = La liste à { $url } a expiré le { $until }. Publiez-en une nouvelle : d'ici là, qui vérifie refuse les certificats.
test-revocation-unreachable = La liste à { $url } ne peut être jointe d'ici.
test-revocation-status = La liste à { $url } n'est pas donnée : statut HTTP { $status }.
test-revocation-unreadable = Ce qui se trouve à { $url } n'est pas une liste de révocation.
test-revocation-foreign = La liste à { $url } ne vient pas de l'autorité que nomment les certificats.
test-revocation-unknown-signer = La liste à { $url } peut être lue. Sa signature ne peut être vérifiée : le certificat de son émetteur n'est pas montré.
test-revocation-not-http = { $url } n'est pas vérifié d'ici : seul http l'est.

test-sign-in-proved = { $user } a été accepté. Aucun défi n'a été pris.
test-sign-in-proved-by-ntlm = { $user } a été accepté par NTLM. Aucun défi n'a été pris. Kerberos, qui est préféré, ne peut pas servir : { ticket-problem }
test-sign-in-not-proved = L'authentification n'est pas prouvée : l'adresse redirige sans la demander, comme le fait de lui-même un serveur frontal. Le test complet la prouve.
test-sign-in-refused = { $user } a été refusé : le nom d'utilisateur ou le mot de passe est faux, ou le compte est verrouillé. Sceau ne s'authentifie plus avant que le mot de passe soit changé ou le test redemandé.
test-sign-in-unbound = Si le mot de passe est bon : une page qui exige la protection étendue refuse toute authentification en http. Donnez l'URL challenge en https.
test-sign-in-account-refused = Le centre de distribution de clés refuse { $user } : { account-problem } Sceau ne s'authentifie plus avant que le mot de passe soit changé ou le test redemandé.
test-sign-in-no-permission = { $user } a été accepté, mais n'a pas le droit d'obtenir des défis : il faut au compte le droit Inscrire (Enroll) sur les modèles, et l'accès à la page.
test-sign-in-no-scheme = La page n'offre aucune façon de s'authentifier qui puisse servir ici. Autorisez-y NTLM dans IIS.
test-sign-in-basic-only = La page n'accepte que Basic, qui envoie le mot de passe lui-même. Autorisez-y NTLM dans IIS ; ou autorisez Basic dans le formulaire de l'autorité, avec une URL challenge en https.
test-sign-in-kerberos-only = La page n'accepte que Kerberos. Autorisez-y NTLM dans IIS (un fournisseur de l'authentification Windows) ; ou privilégiez Kerberos dans le formulaire de l'autorité.
test-sign-in-kerberos-impossible = La page n'accepte que Kerberos, qui ne peut pas servir : { ticket-problem }
test-sign-in-unanswered = L'authentification n'a pas reçu de réponse à temps.
test-sign-in-interrupted = La connexion a été fermée avant la fin de l'authentification. Un mandataire intermédiaire doit garder une connexion pour un seul client.
test-sign-in-page = L'adresse répond par une page qui n'est pas celle de NDES : { $excerpt }
test-sign-in-status = L'adresse répond par le statut HTTP { $status }.
test-sign-in-no-challenge = NDES ne demande aucun défi (EnforcePassword vaut 0) : qui l'atteint obtient un certificat. Activez-le.
test-sign-in-took-challenge = L'adresse sans sa barre oblique finale donne la page des défis elle-même : ce test a pris un défi, qui occupe l'une des places de l'autorité. Faites en sorte que le serveur renvoie à l'adresse avec la barre, comme le fait NDES.
test-sign-in-took-none = L'adresse sans sa barre oblique finale donne la page des défis elle-même, et NDES dit que son cache de mots de passe est plein. Faites en sorte que le serveur renvoie à l'adresse avec la barre, comme le fait NDES.
test-sign-in-truncated = La page des défis s'est arrêtée en son milieu. Regardez ce qui se trouve entre Sceau et le serveur.
test-sign-in-policy-module = Un module de stratégie a répondu à la place de la page des défis : { $excerpt }

test-permission-by-delivery = Prouvé en dernier par la remise du { $at }.
test-permission-by-order = Prouvé en dernier par la commande du { $at }.
test-permission-by-test = Prouvé en dernier par le test complet du { $at }.
test-permission-proved = Prouvé en dernier le { $at }.
test-permission-not-proved = Non prouvé : lancez le test complet, ou laissez la première remise le prouver. Seul un défi le prouve.
test-permission-policy-module = L'adresse SCEP répond à un navigateur par le statut HTTP 403, comme là où un module de stratégie est installé (par le connecteur de certificats d'Intune) : un tel NDES ne donne ses défis qu'à son propre client. Le test complet montre s'il en vient un.
test-permission-static = Le défi fixe n'est pas prouvé : seul un certificat le prouve. Lancez le test complet.

test-key-good = La clé de l'autorité signe.
test-key-failed = La clé de l'autorité ne peut pas servir. Le journal dit pourquoi, sous le numéro { $incident }.
test-list-good = Sa liste de révocation, numéro { $number }, est valable.
test-list-failed = Sa liste de révocation ne peut pas être faite. Le journal dit pourquoi, sous le numéro { $incident }.

test-step-challenge = Défi
test-step-enrolment = Inscription
test-step-issued = Certificat reçu
test-challenge-taken = Un défi a été pris.
test-challenge-cache-full = L'autorité garde autant de défis inutilisés qu'elle le peut. Réessayez quand l'un aura servi ou expiré.
test-challenge-slots-taken = Les { $max } défis que l'autorité garde à la fois sont tous sortis. Réessayez quand l'un aura servi ou expiré.
test-challenge-md5-unknown = La page des défis nomme { $md5 } (MD5), qui n'est aucun des certificats montrés.
test-enrolment-issued = L'autorité a donné un certificat.
test-enrolment-pending = La demande attend une personne à l'autorité. Les appareils redemandent d'eux-mêmes ; le test, non.
test-enrolment-refused = L'autorité a refusé la demande ({ $code }). Elle dit : { $text }
test-enrolment-impossible = Aucune demande ne peut être écrite pour cette autorité : son certificat de chiffrement doit contenir une clé RSA.
test-enrolment-unreachable = La demande n'a pu être envoyée.
test-enrolment-unanswered = La demande a été envoyée et n'a pas reçu de réponse.
test-enrolment-no-scep = La réponse à la demande n'est pas un message SCEP.
test-enrolment-algorithm = L'autorité a répondu avec un algorithme qui n'est pas accepté ici, comme le DES simple et MD5. Elle a peut-être émis un certificat : vérifiez auprès d'elle. Faites répondre le serveur en AES ou en triple DES ; d'ici là, aucun de ses certificats ne peut servir.
test-enrolment-untrusted = La réponse n'est pas signée par un certificat que l'autorité a montré, ou ne répond pas à cette demande.
test-issued-good = { $subject }, émis par { $issuer }, du { $from } au { $until }, numéro de série { $serial }. Sa clé a été jetée : révoquez-le à l'autorité.
test-issued-differs = { $field ->
    [issuer] L'émetteur
    [subject] Le sujet
    [extended_key_usages] L'utilisation étendue de la clé
    [key_usage] L'utilisation de la clé
    [key_length] La longueur de la clé
    [subject_alternative_names] Les autres noms
   *[certificate] Le certificat
} ne correspond pas à la demande : { $ordered } était demandé, { $shown } est venu. Les appareils échoueraient sur la même différence.
test-issued-names-added = L'autorité a ajouté d'autres noms, que personne n'a demandés : { $shown }. Certaines le font quand aucun n'est commandé. Commandez-en un dans la configuration, ou faites que l'autorité n'en ajoute pas : les certificats des appareils ne passeraient pas pour ceux qui sont commandés.
test-issued-unreadable = Ce que l'autorité a donné ne peut être lu comme un certificat.
test-issued-validity = Il est valable { $days } jours, alors que { $ordered } étaient souhaités. L'autorité en décide.
test-issued-hash = Il est signé avec { $hash }.
test-issued-hash-other = Il est signé avec { $hash }, que la configuration ne prévoit pas.

authority-full-test = Test complet
authority-full-test-title = Test complet de { $name }
authority-full-test-lead = Il prend un des défis de l'autorité, demande un certificat comme le ferait un appareil, le compare et le montre. La clé est jetée ; révoquez ensuite le certificat à l'autorité. Le test simple ne prend rien.
authority-full-test-tick = Prendre un défi et demander un certificat
authority-full-test-configuration = Configuration à comparer
authority-full-test-usual = Aucune : ce qui est d'usage
authority-full-test-certificate = Le certificat
audit-authority-full-test = Test complet de l'autorité effectué
error-full-test-consent = Un test complet prend un défi : dites-le par takes_one_challenge.
error-configuration-not-of-authority = Aucune configuration de ce nom ne fait appel à cette autorité.
error-full-test-unticked = Cochez qu'un défi doit être pris, ou utilisez le test simple.
