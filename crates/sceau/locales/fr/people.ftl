people-title = Personnes
people-lead = Les personnes à qui sont ces appareils. Les sujets se remplissent d'ici, jamais d'après ce que dit un appareil.
people-empty = Personne pour l'instant. Un appareil s'inscrit avec le nom d'utilisateur et le mot de passe d'inscription d'une personne.
person-new-title = Ajouter une personne
person-edit-title = Modifier la personne
person-username = Nom d'utilisateur
person-username-hint = Donné à l'inscription, souvent l'adresse e-mail.
person-password = Mot de passe d'inscription
person-password-hint = Ce que la personne saisit une fois sur l'appareil. Plus jamais affiché.
person-password-kept = Laissez vide pour garder celui qui est enregistré.
person-email = Adresse e-mail
person-upn = Nom d'utilisateur principal (UPN)
person-uid = Identifiant
person-display_name = Nom affiché
person-first_name = Prénom
person-last_name = Nom de famille
person-dn = Nom distinctif
person-cn = Nom commun
person-ou = Unité d'organisation
person-department = Service
person-locale = Langue
person-sam_account_name = Nom d'ouverture de session (sAMAccountName)
person-sid = Identifiant de sécurité (SID)
person-custom = Attributs personnalisés
person-custom-hint = Un par ligne, par exemple badge=4711 ; une variable les emploie sous la forme { $example }.
person-more = Autres attributs
person-reissue = Quand un attribut change, les certificats qui le portent sont réémis.
operators-title = Opérateurs
operators-lead = Ceux qui se connectent à cette console ou appellent l'API.
operator-new-title = Ajouter un opérateur
operator-name = Nom
operator-password = Mot de passe
operator-password-hint = Au moins 12 caractères.
operator-role = Rôle
operator-since = Depuis
activity-title = Activité
activity-lead = Qui a changé quoi, le plus récent d'abord.
activity-empty = Rien n'a encore été changé.
activity-when = Quand
activity-who = Qui
activity-what = Quoi
activity-target = Objet
activity-before = Avant
activity-after = Après
activity-file = Exporter en CSV
activity-narrow = Restreindre la liste
activity-all = Tout
activity-since = Du
activity-until = Au
activity-number = Numéro
activity-from = Adresse
activity-wrong-day = Un jour s'écrit 2026-11-23. Ce qui est illisible n'a pas compté.
activity-area-admission = Inscription : qui le peut
activity-area-assignment = Distributions
activity-area-authority = Autorités
activity-area-certificate = Certificats
activity-area-configuration = Configurations
activity-area-delivery = Remises
activity-area-device = Appareils
activity-area-directory = Annuaires
activity-area-enrolment = Inscription : connexions refusées
activity-area-enrolment-token = Jetons d'inscription
activity-area-federation = Connexion auprès d'un fournisseur
activity-area-group = Groupes
activity-area-issuance = Demandes à approuver
activity-area-notification = Notifications
activity-area-operator = Opérateurs
activity-area-order = Commandes
activity-area-person = Personnes
activity-area-push = Réveil des appareils
activity-area-records = Données effacées
activity-area-scim-source = Sources SCIM
activity-area-scim-token = Jetons SCIM
activity-details = Détails
dashboard-title = Tableau de bord
dashboard-devices = { $count ->
    [one] appareil
   *[other] appareils
}
dashboard-verified = vérifiés
dashboard-open = en cours
dashboard-failed = échecs
dashboard-start = Trois étapes jusqu'au premier certificat
dashboard-step-authority = Ajouter votre autorité de certification
dashboard-step-configuration = Créer une configuration
dashboard-step-distribution = La distribuer
dashboard-step-done = Fait
dashboard-configurations = Configuration
dashboard-copies = Appareils dont il existe peut-être une copie
dashboard-late = Appareils dont l'identité propre arrive à son terme
code-title = Code à usage unique
code-lead = La personne le saisit sur l'appareil à la place du mot de passe d'inscription. Il inscrit un seul appareil, puis ne vaut plus rien.
code-fresh = Le nouveau code. Il ne sera plus affiché :
code-until = Valable jusqu'au
code-there = Il y a un code, créé le
code-spent = Le dernier code a servi.
code-none = Il n'y a pas de code.
code-make = Créer un code pour 24 heures
code-withdraw = Retirer le code
erase = Effacer les données…
erase-do = Effacer définitivement
erase-title = Effacer les données de { $name }
erase-lead = Cela ne peut pas être annulé.
erase-what = Ce qui est effacé
erase-person = La personne : nom d'utilisateur, attributs, mot de passe, code à usage unique, jetons d'inscription, places dans les groupes et les distributions, et tentatives de connexion manquées sous ces noms.
erase-devices = { $count ->
    [one] Les données d'un ancien appareil de la personne.
   *[other] Les données de { $count } anciens appareils de la personne.
}
erase-device = D'un appareil : nom, numéro de série et tout ce qu'il a dit de lui-même, sa chronologie, ses certificats, identités, sessions et demandes, et ce que les chronologies d'autres appareils disent de lui.
erase-activity = { $count ->
    [one] Sous Activité, une ligne est vidée : il reste que quelque chose a été fait, et quand.
   *[other] Sous Activité, { $count } lignes sont vidées : il reste que quelque chose a été fait, et quand.
}
erase-own = { $count ->
    [one] Un certificat d'une autorité intégrée est encore valable : il est révoqué, car personne ne pourrait plus dire à qui il est.
   *[other] { $count } certificats d'autorités intégrées sont encore valables : ils sont révoqués, car personne ne pourrait plus dire à qui ils sont.
}
erase-stays = Ce qui doit rester
erase-stays-ledger = Dans le registre des autorités intégrées : numéros de série, dates et révocations, sans sujet, noms, clé ni certificat. Un numéro de série n'est jamais donné deux fois, et une liste de révocation doit continuer à le nommer.
erase-stays-activity = Sous Activité : que vous avez effacé ces données, et quand. Des identifiants aléatoires restent dans ses lignes et ne mènent plus nulle part. La chaîne des lignes reste vérifiable.
erase-stays-challenges = Le décompte des défis, sans dire à qui ils étaient.
erase-beyond = Ce dont vous devez vous occuper vous-même
erase-beyond-typed = Les textes écrits par des opérateurs ne sont pas parcourus : noms et règles de groupes, noms de configurations et d'autorités, et sujets de commandes.
erase-beyond-outside = Les sauvegardes de la base de données, le journal du serveur, et tout ce qui a été dit au-dehors par courriel ou webhook.
erase-elsewhere = Certificats d'autres autorités
erase-elsewhere-hint = Ceux-ci sont encore valables. Sceau ne peut pas les révoquer et les oublie maintenant : notez ce qu'il vous faut.
notice-erased = Les données sont effacées.
dashboard-silent = Appareils qui partiront bientôt pour silence
dashboard-silent-what = Ils ne se sont pas manifestés depuis longtemps. Allumez-les, ou laissez-les partir : qui revient plus tard doit se réinscrire.
dashboard-silent-leaves = part
activity-erased = Ce qu'elle disait de quelqu'un a été effacé.
