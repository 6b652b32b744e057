# Les types d'autorités et leurs champs.
error-kind-changed = Le type ne peut être changé ainsi : ajoutez une autre autorité.
error-field-not-of-kind = Une autorité de ce type n'a pas ce champ.
error-static_challenge-needed = Le défi fixe est nécessaire : celui qui est connu n'est jamais envoyé à une autre adresse.
authority-static-challenge = Défi
authority-static-challenge-hint = Le seul défi que le serveur demande à tous ; chez EJBCA, le mot de passe « RA authentication » de l'alias. Plus jamais affiché ; chiffré dans la base.
authority-static-challenge-kept = Fixe, enregistré, jamais affiché
authority-static-promise = Qui détient le défi fixe peut demander n'importe quel certificat au serveur, et chaque appareil qui passe par Sceau le reçoit. Rendez le serveur accessible à Sceau seulement.
authority-ca-name = Nom de l'AC
authority-ca-name-hint = Seulement si le serveur en a plusieurs : le message de GetCACert.
authority-scep-url-hint-ejbca = Par exemple https://ca.example.com/ejbca/publicweb/apply/scep/ALIAS/pkiclient.exe
authority-scep-url-hint-generic = Par exemple https://ca.example.com/scep
removal-ask = Supprimer…
removal-title = Supprimer { $name }
removal-in-the-way = Ce qui l'empêche
removal-effects = Ce qui se passe
removal-column-configuration = Configuration
removal-column-waiting = En attente
removal-column-verified = Vérifiés
removal-confirm = Nom de l'autorité
removal-confirm-hint = Tapé exactement, pour confirmer ce qui est dit ci-dessus.
error-confirm-invalid = Tapez le nom exact de l'autorité.
removal-configuration = { $name } : { $count ->
    [0] aucun appareil
    [one] un appareil
   *[other] { $count } appareils
}, { $waiting } en attente, { $verified } vérifiés
removal-configurations = { $count ->
    [one] Une configuration désigne cette autorité. Donnez-lui d'abord une autre autorité, ou supprimez-la.
   *[other] { $count } configurations désignent cette autorité. Donnez-leur d'abord une autre autorité, ou supprimez-les.
}
removal-valid-certificates = { $count ->
    [one] Un certificat de cette autorité est encore valable, et qui le vérifie demande ici la liste de révocation. Révoquez-le ou attendez sa fin.
   *[other] { $count } certificats de cette autorité sont encore valables, et qui les vérifie demande ici la liste de révocation. Révoquez-les ou attendez leur fin.
}
removal-waiting = { $count ->
    [one] Un appareil attend un défi de cette autorité et n'en recevra pas.
   *[other] { $count } appareils attendent un défi de cette autorité et n'en recevront pas.
}
removal-slots = { $count ->
    [one] Un défi est sorti. Qui le détient ne peut plus s'en servir par Sceau.
   *[other] { $count } défis sont sortis. Qui en détient un ne peut plus s'en servir par Sceau.
}
removal-orders = { $count ->
    [one] Une commande n'a pas encore servi. Son adresse cesse de fonctionner.
   *[other] { $count } commandes n'ont pas encore servi. Leurs adresses cessent de fonctionner.
}
removal-requests = { $count ->
    [one] Une demande n'a pas encore de réponse, ou aucune que l'on connaisse. Ce qu'elle devient ne se verra plus qu'auprès de l'autorité.
   *[other] { $count } demandes n'ont pas encore de réponse, ou aucune que l'on connaisse. Ce qu'elles deviennent ne se verra plus qu'auprès de l'autorité.
}
removal-password = Le mot de passe enregistré est effacé.
removal-static-challenge = Le défi enregistré est effacé.
removal-key = La clé de l'autorité est effacée. Plus rien ne pourra jamais être émis ni révoqué avec elle.
removal-key-in-token = La clé de l'autorité reste dans son jeton ; Sceau l'oublie.
removal-history = Ce qu'elle a émis, son registre des défis et l'activité restent lisibles. Les certificats des appareils y restent, et personne ne les renouvelle.
removal-ask-yes = Rien n'a été supprimé. Ajoutez --yes pour le faire.
authority-sign-in = Authentification
authority-allows-basic = Autoriser l'authentification Basic
authority-allows-basic-hint = Utilisée en https seulement, et seulement si l'URL challenge n'offre ni NTLM ni Negotiate : Basic envoie le mot de passe lui-même au serveur.
authority-prefers-kerberos = Privilégier l'authentification Kerberos
authority-prefers-kerberos-hint = Commence par Negotiate si l'URL challenge l'offre, et par NTLM sinon.
authority-kdc = Centre de distribution de clés
authority-kdc-hint = Un contrôleur de domaine, écrit hôte ou hôte:port. Vide : le nom du domaine lui-même.
authority-more = Surveillance et certificats de confiance
authority-watch-minutes = La regarder toutes les (minutes)
error-allows_basic-plain-http = Basic envoie le mot de passe lui-même. C'est permis en https seulement : donnez une URL challenge en https, ou décochez la case.
error-kdc-invalid = Écrivez le centre de distribution de clés sous la forme hôte ou hôte:port.
error-watch_minutes-invalid = Donnez un nombre entier de minutes, de 5 à 1440.
error-ca_name-invalid = Le nom d'une AC a au plus 256 caractères, sans caractères de commande.
