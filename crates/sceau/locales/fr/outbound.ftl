# Pourquoi rien ne peut être atteint au-dehors.
tls-no-common-suite = TLS avec { $host } a échoué : le serveur ne propose aucune suite de chiffrement ni version parlée ici, comme Windows Server 2012 R2 avec un certificat RSA. Employez Windows Server 2016 ou ultérieur, un certificat ECDSA, ou une adresse http pour SCEP.
tls-not-tls = TLS avec { $host } a échoué : le serveur répond sur ce port par autre chose que TLS. Corrigez le port, ou employez http.
tls-unknown-issuer = TLS avec { $host } a échoué : le certificat du serveur vient d'une autorité qui n'est pas de confiance. Donnez le certificat de cette autorité comme fichier de confiance.
tls-other-name = TLS avec { $host } a échoué : le certificat du serveur est pour un autre nom ({ $names }). Employez ce nom dans l'adresse, ou donnez un autre certificat au serveur.
tls-common-name-only = TLS avec { $host } a échoué : le certificat du serveur ne porte pas le nom comme autre nom du sujet. Donnez-lui-en un qui le porte ; un nom commun seul ne compte pas.
tls-expired = TLS avec { $host } a échoué : le certificat du serveur a expiré. Renouvelez-le.
tls-not-yet-valid = TLS avec { $host } a échoué : le certificat du serveur n'est pas encore valable. Comparez les horloges.
tls-authority-as-server = TLS avec { $host } a échoué : le certificat du serveur est celui d'une autorité, par exemple un certificat qui s'est signé lui-même. Donnez au serveur un certificat émis pour lui.
tls-certificate = TLS avec { $host } a échoué : le certificat du serveur n'est pas accepté ({ $detail }).
tls-other = TLS avec { $host } a échoué : { $detail }. Le serveur parle-t-il TLS sur ce port ?
