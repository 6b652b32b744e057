# Ce qui est surveillé des autorités.

watch-title = Surveillance
watch-answers = Elle répond.
watch-silent = Elle ne répond pas.
watch-sign-in-stopped = L'authentification a été refusée et n'est pas retentée avant qu'une personne n'agisse.
watch-since = depuis
watch-last = Dernière vérification
watch-never = Elle n'a pas encore été vérifiée.

warnings-title = Avertissements
warning-mark-urgent = Agir maintenant
warning-mark-soon = Bientôt
warning-mark-ended = Terminé
warning-since = Depuis
warning-over-since = terminé depuis
warning-authority-down = Elle ne répond pas.
warning-authority-down-advice = Aucun certificat n'est délivré entre-temps. Vérifiez que le serveur fonctionne et qu'il est joignable d'ici ; les remises reprennent d'elles-mêmes dès qu'il répond.
warning-sign-in-stopped = L'authentification du compte a été refusée.
warning-sign-in-stopped-advice = Rien n'est retenté, pour que le compte ne soit pas verrouillé. Saisissez à nouveau son mot de passe, ou testez la connexion.
warning-chain-changed = Elle présente un autre certificat d'autorité.
warning-chain-changed-advice = Les appareils la refusent tant que leur configuration nomme l'ancien. Comparez les certificats et adoptez-les sur sa page.
warning-certificate-expired = Le certificat { $subject } a expiré.
warning-certificate-expired-advice = Renouvelez-le auprès de l'autorité : d'ici là, les appareils n'obtiennent aucun certificat.
warning-certificate-expiring = Le certificat { $subject } expire dans { $days } jours ou moins.
warning-certificate-expiring-advice = Renouvelez-le auprès de l'autorité. Les nouveaux certificats d'une RA sont adoptés d'eux-mêmes ; un nouveau certificat de l'autorité vous attend sur sa page.

chain-change-title = Une autre autorité a été vue
chain-change-text = L'autorité présente un certificat qui n'est pas celui enregistré. Rien n'a encore changé : comparez les empreintes avec celles du serveur avant de les adopter.
chain-change-seen = Vu pour la première fois
chain-change-certificates = Ce qui a été vu
chain-change-configurations = Ce que l'adoption changerait
chain-change-effect = Effet
chain-change-replaced = Son empreinte est remplacée et les certificats sont remis à nouveau.
chain-change-kept = Elle nomme une troisième empreinte et reste telle quelle.
chain-change-no-configuration = Aucune configuration ne nomme l'ancienne empreinte.
chain-change-adopt = Adopter les nouveaux certificats
notice-chain-adopted = Les nouveaux certificats sont adoptés.
error-chain-seen-another = L'autorité a présenté d'autres certificats depuis. Examinez-les d'abord.
audit-authority-adopt-chain = Nouveaux certificats de l'autorité adoptés

lately-title = Les dernières 24 heures
lately-nothing = Rien ne lui a été demandé.
lately-asked = Demandé
lately-good = Réussi
lately-failed = Échoué
lately-median = La moitié en au plus
lately-longest = Le plus long
lately-cause = Cause
lately-challenge = Défis
lately-exchange = Réponses aux demandes
lately-look = Ce qu'elle dit d'elle-même
lately-authority-unreachable = Elle n'a pas répondu.
lately-cache-full = Son cache de mots de passe était plein.
lately-sign-in-refused = Elle a refusé l'authentification.
lately-no-permission = Le compte n'a pas le droit d'obtenir des défis.
lately-page-not-understood = Sa page n'a pas été comprise.
lately-other = Une autre cause ; les remises et les tests disent laquelle.
