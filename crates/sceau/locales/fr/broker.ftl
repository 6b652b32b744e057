# Les défis : qui attend, et pourquoi.
