//! The page of challenges: the real one's shape in words of our own.
//!
//! Readers of the real page look for `password is: <B>` or for the shape of what stands in `<B>`;
//! both are kept. UTF-16LE without a byte order mark and with a NUL at its end, under a meta tag that claims UTF-8.

use super::challenge::Offer;

/// What stands on every page.
pub(super) struct Page {
    /// The MD5 of the CA's certificate: that hash is the one which the real page shows.
    pub(super) thumbprint: [u8; 16],
    pub(super) challenges_max: usize,
    pub(super) challenge_minutes: u32,
}

impl Page {
    /// The octets of the page with this offer.
    pub(super) fn write(&self, offer: &Offer) -> Vec<u8> {
        let body = match offer {
            Offer::OneTime(challenge) => format!(
                "{}<P> The enrollment challenge password is: <B> {} </B> <P> It is good for one enrollment \
                 and expires within {} minutes. <P> Reload this page for another one. ",
                self.thumbprint_paragraph(),
                challenge.as_str(),
                self.challenge_minutes
            ),
            Offer::Reusable(challenge) => format!(
                "{}<P> The enrollment challenge password is: <B> {} </B> <P> It is the same for every \
                 enrollment and does not expire. ",
                self.thumbprint_paragraph(),
                challenge.as_str()
            ),
            Offer::CacheFull => format!(
                "<P> The password cache is full. <P> {} unused passwords are waiting. <UL> <LI> Use one of \
                 them, </LI> <LI> or wait until one expires, {} minutes after it was made, </LI> <LI> or let \
                 the service hold more than {}. </LI> </UL> ",
                self.challenges_max, self.challenge_minutes, self.challenges_max
            ),
        };
        let page = format!(
            "<HTML><Head><Meta HTTP-Equiv=\"Content-Type\" Content=\"text/html; charset=UTF-8\">\
             <Title>Laboratory device enrollment</Title></Head><Body BgColor=#FFFFFF>\
             <Font ID=locPageFont Face=\"Arial\"><Table Border=0 Width=100%><TR><TD>\
             <LocID ID=locMSCertSrv>Laboratory device enrollment</LocID></TD></TR></Table>\
             <P ID=locPageTitle> Certificates for devices that speak SCEP, from a laboratory. </P>\
             {body}</P> <P ID=locPageDesc> Nothing here is fit for production. </P></Font></Body></HTML>\0"
        );
        page.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn thumbprint_paragraph(&self) -> String {
        let groups: Vec<String> = self
            .thumbprint
            .chunks(4)
            .map(|group| group.iter().map(|octet| format!("{octet:02X}")).collect())
            .collect();
        format!(
            "<P> The thumbprint (hash value) of the CA certificate is: <B> {} </B> ",
            groups.join(" ")
        )
    }
}
