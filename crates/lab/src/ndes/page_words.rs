//! What the page of challenges says, in the languages that the laboratory knows. The words are its own: of the real
//! page only the English ones are known.

use crate::faults::Language;

pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) purpose: &'static str,
    pub(super) thumbprint: &'static str,
    pub(super) challenge: &'static str,
    /// With `{minutes}`.
    pub(super) once: &'static str,
    pub(super) for_everyone: &'static str,
    /// With `{most}` and `{minutes}`.
    pub(super) cache_full: &'static str,
    pub(super) no_permission: &'static str,
    pub(super) no_password: &'static str,
    pub(super) foot: &'static str,
}

impl Words {
    pub(super) fn of(language: Option<Language>) -> &'static Self {
        match language {
            None => &ENGLISH,
            Some(Language::French) => &FRENCH,
            Some(Language::Japanese) => &JAPANESE,
            Some(Language::German) => &GERMAN,
        }
    }
}

const ENGLISH: Words = Words {
    title: "Laboratory device enrollment",
    purpose: "Certificates for devices that speak SCEP, from a laboratory.",
    thumbprint: "The thumbprint (hash value) of the CA certificate is:",
    challenge: "The enrollment challenge password is:",
    once: "It is good for one enrollment and expires within {minutes} minutes. <P> Reload this page for another one.",
    for_everyone: "It is the same for every enrollment and does not expire.",
    cache_full: "The password cache is full. <P> {most} unused passwords are waiting. <UL> <LI> Use one of them, </LI> \
                 <LI> or wait until one expires, {minutes} minutes after it was made, </LI> <LI> or let the service \
                 hold more than {most}. </LI> </UL>",
    no_permission: "You do not have sufficient permission to enroll here. Ask whoever runs this laboratory.",
    no_password: "Enrollments need no password here.",
    foot: "Nothing here is fit for production.",
};

const FRENCH: Words = Words {
    title: "Inscription d’appareils du laboratoire",
    purpose: "Des certificats pour les appareils qui parlent SCEP, issus d’un laboratoire.",
    thumbprint: "L’empreinte (valeur de hachage) du certificat de l’autorité est :",
    challenge: "Le mot de passe de challenge pour l’inscription est :",
    once: "Il sert à une seule inscription et expire au bout de {minutes} minutes. <P> Rechargez cette page pour en \
           obtenir un autre.",
    for_everyone: "Il est le même pour toutes les inscriptions et n’expire pas.",
    cache_full: "Le cache des mots de passe est plein. <P> {most} mots de passe attendent d’être utilisés. <UL> <LI> \
                 Utilisez l’un d’eux, </LI> <LI> ou attendez que l’un d’eux expire, {minutes} minutes après sa \
                 création, </LI> <LI> ou réglez le service pour qu’il en garde plus de {most}. </LI> </UL>",
    no_permission: "Vous n’avez pas les autorisations nécessaires pour inscrire un appareil. Adressez-vous à \
                    l’administrateur du laboratoire.",
    no_password: "Aucun mot de passe n’est demandé ici.",
    foot: "Rien de tout cela ne convient à la production.",
};

const JAPANESE: Words = Words {
    title: "実験室のデバイス登録",
    purpose: "SCEP を使うデバイスのための、実験室の証明書です。",
    thumbprint: "CA 証明書の拇印 (ハッシュ値):",
    challenge: "登録チャレンジ パスワード:",
    once: "このパスワードは 1 回だけ使用でき、{minutes} 分で期限が切れます。 <P> 別のパスワードが必要な場合は、このページを再読み込みしてください。",
    for_everyone: "このパスワードはすべての登録で共通で、期限はありません。",
    cache_full: "パスワード キャッシュがいっぱいです。 <P> 未使用のパスワードが {most} 個あります。 <UL> <LI> 既存のパスワードを使用するか、</LI> \
                 <LI> 作成から {minutes} 分後の期限切れを待つか、</LI> <LI> {most} 個を超えて保持するように設定してください。</LI> </UL>",
    no_permission: "登録に必要なアクセス許可がありません。実験室の管理者に問い合わせてください。",
    no_password: "ここではパスワードは必要ありません。",
    foot: "運用環境には適していません。",
};

const GERMAN: Words = Words {
    title: "Geräteregistrierung des Labors",
    purpose: "Zertifikate für Geräte, die SCEP sprechen, aus einem Labor.",
    thumbprint: "Der Fingerabdruck (Hashwert) des Zertifikats der Zertifizierungsstelle lautet:",
    challenge: "Das Kennwort für die Registrierung lautet:",
    once: "Es gilt für eine einzige Registrierung und läuft nach {minutes} Minuten ab. <P> Laden Sie diese Seite neu, \
           um ein weiteres zu erhalten.",
    for_everyone: "Es ist für jede Registrierung dasselbe und läuft nicht ab.",
    cache_full: "Der Kennwortcache ist voll. <P> {most} unbenutzte Kennwörter warten. <UL> <LI> Verwenden Sie eines \
                 davon, </LI> <LI> oder warten Sie, bis eines abläuft, {minutes} Minuten nach seiner Erstellung, </LI> \
                 <LI> oder lassen Sie den Dienst mehr als {most} aufbewahren. </LI> </UL>",
    no_permission: "Sie haben keine ausreichende Berechtigung für die Registrierung. Wenden Sie sich an den \
                    Administrator des Labors.",
    no_password: "Hier wird kein Kennwort verlangt.",
    foot: "Nichts davon taugt für den Betrieb.",
};
