menu-scim = SCIM
scim-title = Fournisseurs d'identité (SCIM)
scim-lead = Microsoft Entra ID, Okta, Keycloak et d'autres qui écrivent d'eux-mêmes personnes et groupes dans Sceau.
scim-empty = Pas encore de source SCIM.
scim-new = Nouvelle source SCIM
scim-name = Nom
scim-name-hint = Figure derrière « scim: » dans l'activité, partout où elle a modifié quelque chose.
scim-adopts = Reprendre les personnes créées à la main
scim-adopts-hint = Seulement si elles portent le même nom d'utilisateur. Sinon, le fournisseur d'identité apprend que le nom est pris.
scim-last-used = Dernière utilisation
scim-never-used = jamais
scim-enter = À saisir chez le fournisseur d'identité
scim-enter-what = Cette adresse comme URL de locataire ou URL de base, et un jeton de cette source comme jeton secret (bearer). Un jeton n'ouvre rien d'autre que cette adresse, et n'appartient à aucun opérateur.
scim-url = Adresse
scim-tokens = Jetons
scim-tokens-none = Il n'y a pas de jeton.
scim-token-make = Créer un jeton
scim-token-made = Créé
scim-token-fresh = Le nouveau jeton. Il ne sera plus affiché :
scim-token-revoke = Révoquer
scim-token-revoked = révoqué
scim-what = Ce qui en vient
scim-people = { $count ->
    [one] { $count } personne.
   *[other] { $count } personnes.
}
scim-inactive = { $count ->
    [one] { $count } d'entre elles n'y est pas active et ne peut pas s'inscrire.
   *[other] { $count } d'entre elles n'y sont pas actives et ne peuvent pas s'inscrire.
}
scim-groups = { $count ->
    [one] { $count } groupe.
   *[other] { $count } groupes.
}
scim-gone = Personnes qui y ont été supprimées
scim-gone-what = Une telle personne ne peut plus inscrire d'appareil, et a quitté les groupes de cette source : là où une distribution en nomme un, cela prend fin. Ce que portent ses appareils par ailleurs reste et se renouvelle jusqu'à ce que vous retiriez les appareils.
scim-remove-confirm = Retirer cette source SCIM. Ses jetons n'ouvrent plus rien. Ses personnes et ses groupes restent comme s'ils avaient été créés à la main ; qui y est supprimé ou inactif perd mot de passe d'inscription, code et jetons.
notice-scim-token-revoked = Le jeton n'ouvre plus rien.
person-from-scim = Cette personne vient de la source SCIM « { $directory } » : ce qu'elle donne se modifie là-bas. Ce qu'elle ne donne pas peut être ajouté ici, et reste.
person-scim-link = Vers la source SCIM
group-from-scim = Ce groupe vient de la source SCIM « { $directory } » : ses membres se modifient là-bas.
error-person-from-scim = Ceci vient de la source SCIM « { $directory } » : modifiez-le là-bas.
error-group-from-scim = Ce groupe vient de la source SCIM « { $directory } » : modifiez-le là-bas.
error-scim-too-many = Il y a { $max } sources SCIM, ce qui est le maximum.
error-scim-tokens = { $max } jetons de cette source sont valables, ce qui est le maximum : révoquez-en un d'abord.
audit-scim-source-add = Source SCIM ajoutée
audit-scim-source-change = Source SCIM modifiée
audit-scim-source-remove = Source SCIM retirée
audit-scim-token-make = Jeton d'une source SCIM créé
audit-scim-token-revoke = Jeton d'une source SCIM révoqué
audit-person-disable = Personne inactive dans sa source
audit-person-enable = Personne à nouveau active dans sa source
audit-person-return = Personne de retour dans sa source
audit-group-return = Groupe de retour dans sa source
