# Why nothing can be reached outside.
tls-no-common-suite = TLS with { $host } failed: the server offers no cipher suite or version that is spoken here, as Windows Server 2012 R2 with an RSA certificate does. Use Windows Server 2016 or later, an ECDSA certificate, or an http address for SCEP.
tls-not-tls = TLS with { $host } failed: the server answers with something that is no TLS on this port. Correct the port, or use http.
tls-unknown-issuer = TLS with { $host } failed: the server's certificate comes from an authority that isn't trusted. Give that authority's certificate as trust file.
tls-other-name = TLS with { $host } failed: the server's certificate is for another name ({ $names }). Use that name in the address, or give the server another certificate.
tls-common-name-only = TLS with { $host } failed: the server's certificate doesn't hold the name as a subject alternative name. Give the server one that does; a common name alone doesn't count.
tls-expired = TLS with { $host } failed: the server's certificate has expired. Renew it.
tls-not-yet-valid = TLS with { $host } failed: the server's certificate is not valid yet. Compare the clocks.
tls-authority-as-server = TLS with { $host } failed: the server's certificate is that of an authority, such as one that signed itself. Give the server one that was issued to it.
tls-certificate = TLS with { $host } failed: the server's certificate is not accepted ({ $detail }).
tls-other = TLS with { $host } failed: { $detail }. Does the server speak TLS on this port?
