distribution-title = Distribution
distribution-enable = Activer cette configuration
distribution-scope = Qui la reçoit
distribution-all = Tous les appareils
distribution-all-hint = Ceux d'aujourd'hui et ceux qui s'inscriront plus tard.
distribution-none = Aucun appareil
distribution-custom = Personnalisé
distribution-custom-devices = Appareils
distribution-custom-people = Utilisateurs
distribution-custom-excluded-devices = Appareils exclus
distribution-custom-excluded-people = Utilisateurs exclus
distribution-nobody-yet = Aucun pour l'instant.
distribution-preview = Aperçu
distribution-preview-refresh = Mettre à jour l'aperçu
distribution-preview-count = { $count ->
    [0] Aucun appareil ne la recevrait.
    [one] Un appareil la recevrait.
   *[other] { $count } appareils la recevraient.
}
distribution-preview-first = Les premiers :
distribution-done = Terminé
distribution-cannot-fill = ne peut être rempli
distribution-disabled-note = Rien n'est envoyé tant que la configuration n'est pas activée.
progress-title = Avancement
progress-live = Cette page se met à jour d'elle-même.
progress-total = { $count ->
    [0] Aucun appareil n'est encore concerné.
    [one] Un appareil
   *[other] { $count } appareils
}
progress-waiting = En attente
progress-running = En cours
progress-verified = Ont un certificat vérifié
progress-failed = Échecs
progress-removed = Retirés
progress-failures = Ce qui a échoué, et que faire
progress-devices = Appareils
progress-verified-share = Vérifiés : { $verified } sur { $total }
progress-all = Tous
progress-unknown-outcomes = Issue inconnue auprès de l'AC
progress-unknown-outcomes-hint = Ces demandes ont été remises à l'autorité et sont restées sans réponse. Elle a pu émettre des certificats qu'aucun appareil ne détient : cherchez-les par leur transactionID.
progress-left = { $count ->
    [one] Les restes d'une ancienne tentative seront retirés de l'appareil à sa prochaine connexion.
   *[other] Les restes de { $count } anciennes tentatives seront retirés des appareils à leur prochaine connexion.
}
