# Groupes d'appareils et de personnes.
menu-groups = Groupes
groups-title = Groupes
groups-lead = Des appareils et des personnes que les distributions nomment ensemble.
groups-empty = Aucun groupe pour l'instant. Une distribution nomme des groupes sous « Personnalisé », pour les inclure ou les exclure.
group-add-devices = + Groupe d'appareils
group-add-people = + Groupe de personnes
group-new-devices-title = Ajouter un groupe d'appareils
group-new-people-title = Ajouter un groupe de personnes
group-edit-title = Modifier le groupe
group-name = Nom
group-description = Description
group-of = Type
group-of-devices = Appareils
group-of-people = Personnes
group-who = Qui en fait partie
group-by-hand = Ceux qui sont choisis ici
group-by-rule = Tous ceux qui répondent à une règle
group-by-rule-hint = Ceux d'aujourd'hui et ceux qui viendront ; qui n'y répond plus quitte le groupe.
group-by-hand-count = { $count ->
    [0] Choisis à la main : personne pour l'instant
    [one] Choisi à la main : un seul
   *[other] Choisis à la main : { $count }
}
group-and = { " et " }
group-members = Membres
group-members-none = Personne pour l'instant.
group-members-hint = Les 200 premiers et ceux qui en font partie. Les autres s'ajoutent par l'API ou avec « sceau apply ».
group-rule-all = Tout ceci doit être vrai :
group-rule-hint = Le texte se compare sans égard aux majuscules. Une version s'écrit par exemple 10.0.22631. Un attribut personnalisé s'écrit NOM=valeur, par exemple site=Berne. Une valeur inconnue ne remplit aucune condition.
group-stated = Le nom, le fabricant, le modèle et la version de Windows d'un appareil sont ce qu'il déclare lui-même. Ce n'est la preuve de rien : qui commande un appareil peut lui en faire déclarer d'autres. Là où il importe de savoir qui reçoit un certificat, fiez-vous à ce qui est connu de la personne, ou choisissez à la main.
group-facts-device = Appareil (selon ses déclarations)
group-facts-person = Sa personne (selon les fiches d'ici)
group-fact = Ce qui est demandé
group-comparison = Comment comparer
group-value = Valeur
group-fact-name = Nom de l'appareil
group-fact-manufacturer = Fabricant
group-fact-model = Modèle
group-fact-os-version = Version de Windows
group-fact-custom = Attribut personnalisé
group-fact-custom-named = Attribut personnalisé « { $name } »
group-is-equals = est
group-is-starts-with = commence par
group-is-contains = contient
group-is-at-least = est au moins
group-is-below = est inférieur à
group-condition = { $fact } { $is } « { $value } »
group-preview = Ses appareils
group-preview-later = Affichés dès que le groupe dit qui en fait partie.
group-count = { $count ->
    [0] Aucun appareil n'en fait partie.
    [one] Un appareil en fait partie.
   *[other] { $count } appareils en font partie.
}
group-effects = Une fois ceci enregistré :
group-effect = { $configuration } : appareils qui la reçoivent en plus : { $gained } ; appareils qui la perdent, avec leur certificat : { $lost }.
group-device = Appareil
group-person = Personne
group-devices-now = Ses appareils actuels
group-named-by = Distributions qui le nomment
group-named-by-none = Aucune : le groupe est sans effet.
group-named-included = inclus
group-named-excluded = exclu
group-named-disabled = non activée
group-remove-confirm = Supprimer le groupe. Ses appareils et ses personnes restent.
group-remove-in-use = Un groupe que nomme une distribution n'est pas supprimé : des appareils perdraient des certificats, ou en recevraient qu'ils ne doivent pas avoir. Retirez-le d'abord des distributions ci-dessus.
distribution-custom-groups = Groupes
distribution-custom-excluded-groups = Groupes exclus
apply-group = groupe
audit-group-add = Groupe ajouté
audit-group-change = Groupe modifié
audit-group-members = Membres d'un groupe modifiés
audit-group-remove = Groupe supprimé
error-apply-group = Aucun groupe « { $name } » n'existe, et les fichiers n'en ajoutent pas de ce nom.
error-apply-group-member = Personne n'a le nom d'utilisateur { $name }.
error-apply-group-narrower = Des appareils y perdraient leurs certificats : { $names }. Modifiez le groupe là où l'on voit lesquels, dans la console.
error-rule-fact = Choisissez ce qui est demandé : rien ne s'appelle « { $fact } ».
error-rule-people = Une règle sur des personnes demande ce qui est d'une personne, et non { $fact }.
error-rule-length = Une règle a de 1 à { $max } conditions.
error-rule-value = La condition sur { $fact } demande une valeur d'au plus 512 caractères.
error-rule-comparison = « Au moins » et « inférieur à » comparent des versions ; { $fact } n'en est pas une.
error-rule-version = Une version s'écrit en nombres séparés par des points, par exemple 10.0.22631.
error-group-too-many = Il y a déjà { $max } groupes, ce qui est le plus possible.
error-group-of-fixed = Un groupe d'appareils reste un groupe d'appareils, et un groupe de personnes un groupe de personnes.
error-group-in-use = { $count ->
    [one] La distribution d'une configuration le nomme : { $names }.
   *[other] Il est nommé par les distributions de { $count } configurations : { $names }.
}
error-group-both = Là où une règle dit qui fait partie d'un groupe, personne n'y est mis à la main.
error-group-members-many = Un groupe a au plus { $max } membres mis à la main.
error-group-member-unknown = Plus rien ne porte l'identifiant { $id }.
group-fact-tpm-version = Version du TPM
