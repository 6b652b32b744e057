//! Which addresses a device may name to be woken at: it says them itself, and the server calls there.

/// All channels lie below it. Microsoft, "WNS overview": a cloud service must see that a channel's host ends with it.
const DOMAIN: &str = ".notify.windows.com";
/// Octets at most.
const LONGEST: usize = 2048;

/// Why an address is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelRefusal {
    /// It is no plain https address.
    Form,
    /// It leads elsewhere.
    Host,
    /// It names another port.
    Port,
}

impl ChannelRefusal {
    /// A stable word, part of a key of the locales.
    pub fn name(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Host => "host",
            Self::Port => "port",
        }
    }
}

/// Checks a ChannelURI. Anything that two parsers could read differently is refused.
pub fn check_channel(text: &str) -> Result<(), ChannelRefusal> {
    let is_plain = |octet: u8| octet.is_ascii_graphic() && !b"\\\"<>^`{|}#".contains(&octet);
    if text.len() > LONGEST || !text.bytes().all(is_plain) {
        return Err(ChannelRefusal::Form);
    }
    let rest = text.strip_prefix("https://").ok_or(ChannelRefusal::Form)?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, _) = rest.split_at(end);
    if authority.contains('@') {
        return Err(ChannelRefusal::Form);
    }
    let host = match authority.split_once(':') {
        None => authority,
        Some((host, "443")) => host,
        Some(_) => return Err(ChannelRefusal::Port),
    };
    let host = host.to_ascii_lowercase();
    let below = host.strip_suffix(DOMAIN).ok_or(ChannelRefusal::Host)?;
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
    };
    if !below.split('.').all(is_label) {
        return Err(ChannelRefusal::Host);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_of_the_service_alone_are_called() {
        for good in [
            "https://db3.notify.windows.com/?token=AwYAAAB%2f",
            "https://cloud.notify.windows.com:443/w/?token=a",
            "https://a.b.Notify.Windows.com/x",
        ] {
            assert_eq!(check_channel(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_could_lead_elsewhere_is_refused() {
        use ChannelRefusal::{Form, Host, Port};
        for (wrong, why) in [
            ("", Form),
            ("http://db3.notify.windows.com/", Form),
            ("HTTPS://db3.notify.windows.com/", Form),
            ("https://a@db3.notify.windows.com/", Form),
            ("https://127.0.0.1#.notify.windows.com", Form),
            ("https://127.0.0.1\\.notify.windows.com", Form),
            ("https://db3.notify.windows.com /", Form),
            ("https://db3.notify.windows.com/\r\nX: y", Form),
            ("https://é.notify.windows.com/", Form),
            ("https://db3.notify.windows.com:8443/", Port),
            ("https://db3.notify.windows.com:/", Port),
            ("https://notify.windows.com/", Host),
            ("https://.notify.windows.com/", Host),
            ("https://a..notify.windows.com/", Host),
            ("https://evilnotify.windows.com/", Host),
            ("https://db3.notify.windows.com.evil.example/", Host),
            ("https://db3.notify.windows.com./", Host),
            ("https://127.0.0.1/?.notify.windows.com", Host),
            ("https://a%2f.notify.windows.com/", Host),
            ("https://[::1]/", Port),
        ] {
            assert_eq!(check_channel(wrong), Err(why), "{wrong}");
        }
    }
}
