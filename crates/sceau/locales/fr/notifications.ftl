# Qui est informé des avertissements, et ce qui lui est dit.

menu-notifications = Notifications
channels-title = Notifications
channels-lead = Qui est informé quand un avertissement est émis, et quand une autorité fonctionne à nouveau : les personnes par courriel, les programmes par webhook.
channels-none = Personne n'est encore informé.
channels-mail-off = Aucun serveur de courriel n'est défini : les courriels attendent mail.server et mail.from dans les paramètres de ce serveur.
channels-in-trouble = Le dernier message n'est pas arrivé chez : { $names }. La raison figure sous Notifications.
channels-in-trouble-link = Ouvrir Notifications
channel-name = Nom
channel-kind = Voie
channel-kind-email = Courriel
channel-kind-webhook = Webhook
channel-last = Dernier résultat
channel-never = rien d'envoyé pour l'instant
channel-waiting = { $count ->
    [one] { $count } en attente
   *[other] { $count } en attente
  }
channel-off = Désactivé
channel-good = Arrivé
channel-again = Nouvel essai
channel-failed = Échoué
channel-queued = En attente
channel-test = Tester
channel-enable = Activer
channel-disable = Désactiver
channel-remove = Supprimer
channel-email-title = Informer une personne
channel-address = Adresse e-mail
channel-language = Langue
channel-language-en = Anglais
channel-language-fr = Français
channel-webhook-title = Informer un programme
channel-url = Adresse
channel-url-hint = Commence par https://. Elle reçoit un POST avec du JSON pour chaque avertissement.
channel-trust = Certificats de confiance (PEM)
channel-trust-hint = Seulement si le certificat de son serveur vient d'une autorité privée.
channel-add = Ajouter
channel-secret-title = Secret du webhook { $name }
channel-secret-text = Donnez-le au destinataire maintenant : il ne sera plus affiché. Chaque POST porte Sceau-Signature: t=SECONDES,v1=HEX, le HMAC-SHA256 de SECONDES.CORPS avec ce secret.
trial-arrived = Le test est arrivé chez { $name }.
trial-failed = Le test n'est pas arrivé chez { $name }.
trial-waiting = Le test pour { $name } est encore en route. Son résultat figurera ci-dessous.
notices-title = Derniers messages
notices-none = Aucun message n'a encore été envoyé.
notices-at = Quand
notices-channel = À
notices-what = Quoi
notices-state = Résultat
notices-attempts = { $count ->
    [one] { $count } essai
   *[other] { $count } essais
  }
notice-channel-added = Le destinataire est ajouté.
notice-channel-changed = Enregistré.
notice-channel-removed = Le destinataire est supprimé.
error-address-invalid = Une adresse e-mail ressemble à nom@example.com.
error-url-invalid = Ce n'est pas une adresse https.
error-url-https = L'adresse d'un webhook commence par https://.
error-language-invalid = Choisissez l'anglais ou le français.
error-channels-many = Il y a déjà { $count } destinataires. Supprimez-en un d'abord.
audit-notification-add = Destinataire de notifications ajouté
audit-notification-change = Destinataire de notifications modifié
audit-notification-remove = Destinataire de notifications supprimé
audit-notification-test = Destinataire de notifications testé

told-subject-urgent = Sceau : à traiter : { $authority } : { $text }
told-subject-soon = Sceau : bientôt : { $authority } : { $text }
told-subject-ended = Sceau : terminé : { $authority } : { $text }
told-ended = Terminé : { $text }
told-ended-text = La raison a disparu. Il n'y a rien à faire.
told-at = Depuis le { $at } UTC.
told-trial = Test
told-trial-subject = Sceau : test
told-trial-text = Ceci est un test. Les avertissements sur les autorités de certification arrivent ici.
told-foot = Sceau vous écrit parce que votre adresse figure sous Notifications : { $place }

unsent-off = La voie a été désactivée avant l'envoi.
unsent-mail-off = Aucun serveur de courriel n'est défini dans les paramètres de ce serveur.
unsent-mail-address = { $address } n'est pas une adresse utilisable pour un courriel.
unsent-mail-file = Le fichier { $file } ne peut pas être lu : { $detail }.
unsent-mail-local = Le courriel n'a pas pu être composé : { $detail }.
unsent-mail-refused = Le serveur de courriel { $place } l'a refusé : { $detail }.
unsent-mail-tls = TLS avec le serveur de courriel { $place } a échoué : { $detail }.
unsent-mail-silent = Le serveur de courriel { $place } n'a pas répondu à temps.
unsent-mail-unreachable = Le serveur de courriel { $place } est injoignable : { $detail }.
unsent-address = { $address } n'est pas une adresse.
unsent-silent = { $place } n'a pas répondu à temps.
unsent-unreachable = { $place } est injoignable : { $detail }.
unsent-broken = { $place } a accepté la connexion sans donner de réponse entière : { $detail }.
unsent-redirected = { $place } a répondu par une redirection (statut HTTP { $status }), qui n'est pas suivie. Donnez l'adresse finale.
unsent-status = { $place } a répondu par le statut HTTP { $status }.
