# Les étapes du test d'une autorité.
