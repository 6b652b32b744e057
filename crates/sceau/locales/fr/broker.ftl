# Les défis : qui attend, et pourquoi.
authority-forgot = Redémarrage reconnu, défis oubliés
