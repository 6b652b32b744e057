# sceau apply : les autorités et les configurations telles que des fichiers les veulent.
apply-authority = autorité
apply-configuration = configuration
apply-devices = { $count ->
    [one] Un appareil l'a. Là où cela change le contenu de son certificat, celui-ci est émis de nouveau.
   *[other] { $count } appareils l'ont. Là où cela change le contenu de leurs certificats, ceux-ci sont émis de nouveau.
}
apply-totals = { $added } ajoutés, { $changed } modifiés, { $same } inchangés. Rien n'a été supprimé.
apply-totals-dry = { $added } à ajouter, { $changed } à modifier, { $same } inchangés. Rien n'a été fait.
apply-stopped = Ce qui figure ci-dessus a été fait. Une fois ceci corrigé, appliquez de nouveau : ce qui est fait reste tel quel.
error-apply-file = { $detail }
error-apply-field = { $detail }
error-apply-twice = Les fichiers nomment deux fois « { $name } ».
error-apply-authority = Il n'y a pas d'autorité « { $name } », et les fichiers n'en ajoutent aucune de ce nom.
error-apply-authority-id = Un fichier désigne l'autorité par son nom, dans « authority ».
error-apply-distribution-narrower = Des appareils perdraient ainsi leurs certificats. Changez la distribution là où l'on voit lesquels, dans la console.
error-apply-secret-inline = Un secret ne figure pas dans le fichier : écrivez { "{" } env = "NOM" { "}" } ou { "{" } file = "CHEMIN" { "}" }.
error-apply-secret-env = L'environnement n'a pas de variable { $name }.
error-apply-secret-file = { $name } ne peut être lu : { $detail }
error-apply-secret-empty = Ce à quoi il renvoie est vide.
