//! Pages in the form that NDES has, in words of this project's own and in four languages.
#![allow(dead_code)]

pub(crate) const CHALLENGE: &str = "4C1D9E02B7A65F38";
pub(crate) const MD5_TEXT: &str = "0123ABCD 4567EF89 89AB4567 CDEF0123";
pub(crate) const MD5: [u8; 16] = [
    0x01, 0x23, 0xAB, 0xCD, 0x45, 0x67, 0xEF, 0x89, 0x89, 0xAB, 0x45, 0x67, 0xCD, 0xEF, 0x01, 0x23,
];

/// The sentences of one language.
pub(crate) struct Language {
    pub(crate) title: &'static str,
    pub(crate) thumbprint: &'static str,
    pub(crate) challenge: &'static str,
    pub(crate) once: &'static str,
    pub(crate) reusable: &'static str,
    pub(crate) full: &'static str,
    pub(crate) advice: [&'static str; 3],
    pub(crate) refused: &'static str,
}

pub(crate) const ENGLISH: Language = Language {
    title: "Enrollment of network devices",
    thumbprint: "Hash value of the CA's certificate:",
    challenge: "Your challenge:",
    once: "It is good for one enrollment, within 60 minutes.",
    reusable: "It stays the same for everyone.",
    full: "There is no room in the password cache.",
    advice: [
        "Wait for 60 minutes.",
        "Restart the web server.",
        "Allow more than 5 passwords.",
    ],
    refused: "Your account has no permission to enroll here.",
};

pub(crate) const FRENCH: Language = Language {
    title: "Inscription de périphériques réseau",
    thumbprint: "Empreinte du certificat de l’autorité :",
    challenge: "Mot de passe à usage unique :",
    once: "Il sert une seule fois, pendant 60 minutes.",
    reusable: "Il reste le même pour tous.",
    full: "Le cache des mots de passe est plein.",
    advice: [
        "Attendez 60 minutes.",
        "Redémarrez le serveur.",
        "Autorisez plus de 5 mots de passe.",
    ],
    refused: "Ce compte n’a pas l’autorisation nécessaire.",
};

pub(crate) const GERMAN: Language = Language {
    title: "Registrierung von Netzwerkgeräten",
    thumbprint: "Fingerabdruck des Zertifikats der Zertifizierungsstelle:",
    challenge: "Einmalkennwort:",
    once: "Es gilt einmal und für 60 Minuten.",
    reusable: "Es bleibt für alle gleich.",
    full: "Alle Plätze für Kennwörter sind belegt.",
    advice: [
        "Warten Sie 60 Minuten.",
        "Starten Sie den Dienst neu.",
        "Erlauben Sie mehr als 5 Kennwörter.",
    ],
    refused: "Diesem Konto fehlt ein Recht an den Vorlagen.",
};

pub(crate) const JAPANESE: Language = Language {
    title: "ネットワーク機器の登録",
    thumbprint: "認証局の証明書のハッシュ値:",
    challenge: "登録用の合言葉:",
    once: "一度だけ、60 分間使えます。",
    reusable: "全員が同じものを使います。",
    full: "合言葉を置く場所がもうありません。",
    advice: [
        "60 分待ってください。",
        "サーバーを再起動してください。",
        "5 個より多く許してください。",
    ],
    refused: "このアカウントにはアクセス許可がありません。",
};

pub(crate) const LANGUAGES: [&Language; 4] = [&ENGLISH, &FRENCH, &GERMAN, &JAPANESE];

fn frame(language: &Language, middle: &str) -> String {
    let title = language.title;
    format!(
        "<HTML><Head><Meta HTTP-Equiv=\"Content-Type\" Content=\"text/html; charset=UTF-8\"><Title>{title}</Title>\
         </Head><Body BgColor=#FFFFFF><Font ID=locPageFont Face=\"Arial\"><Table Border=0><TR><TD>\
         <LocID ID=locMSCertSrv>{title}</LocID></TD></TR></Table><P ID=locPageTitle> {title} </P>{middle}\
         <P ID=locPageDesc> <A HREF=http://go.microsoft.com/fwlink/?LinkId=67852>{title}</A>. </P>\
         </Font></Body></HTML>"
    )
}

pub(crate) fn challenge_page(language: &Language) -> String {
    let Language {
        thumbprint,
        challenge,
        once,
        ..
    } = language;
    let middle =
        format!("<P> {thumbprint} <B> {MD5_TEXT} </B> <P> {challenge} <B> {CHALLENGE} </B> <P> {once} </P>");
    frame(language, &middle)
}

pub(crate) fn reusable_page(language: &Language) -> String {
    challenge_page(language).replace(language.once, language.reusable)
}

pub(crate) fn no_password_page(language: &Language) -> String {
    frame(
        language,
        &format!("<P> {} <B> {MD5_TEXT} </B> </P>", language.thumbprint),
    )
}

pub(crate) fn full_page(language: &Language) -> String {
    let [first, second, third] = language.advice;
    let list = format!("<UL> <LI> {first} </LI> <LI> {second} </LI> <LI> {third} </LI> </UL>");
    frame(language, &format!("<P> {} <P> {list} </P>", language.full))
}

pub(crate) fn refused_page(language: &Language) -> String {
    frame(language, &format!("<P> {} </P>", language.refused))
}

/// As NDES sends it: UTF-16LE without a byte order mark, a NUL at the end.
pub(crate) fn utf16(page: &str) -> Vec<u8> {
    page.encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect()
}
