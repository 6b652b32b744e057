# Les types d'autorités et leurs champs.
