//! The messages of the test's server, written and read by hand.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lab::device::hex;
use roxmltree::{Document, Node};

const NODE: &str = "./Device/Vendor/MSFT/ClientCertificateInstall/SCEP/delivery-1";
const STORE: &str = "./Device/Vendor/MSFT/CertificateStore/My/System";

/// The text of the first element with this local name.
pub(crate) fn text(xml: &str, name: &str) -> String {
    let document = Document::parse(xml).unwrap();
    let found = document.descendants().find(|node| node.tag_name().name() == name);
    found
        .and_then(|node| node.text())
        .unwrap_or_default()
        .trim()
        .to_owned()
}

fn envelope(action: &str, request: &str, body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:a=\"http://www.w3.org/2005/08/addressing\"><s:Header><a:Action s:mustUnderstand=\"1\">{action}</a:Action>\
         <a:RelatesTo>{}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>",
        text(request, "MessageID")
    )
}

pub(crate) fn discovered(request: &str, host: &str) -> String {
    let body = format!(
        "<DiscoverResponse xmlns=\"http://schemas.microsoft.com/windows/management/2012/01/enrollment\">\
         <DiscoverResult><AuthPolicy>OnPremise</AuthPolicy><EnrollmentVersion>4.0</EnrollmentVersion>\
         <EnrollmentPolicyServiceUrl>https://{host}/EnrollmentServer/Policy.svc</EnrollmentPolicyServiceUrl>\
         <EnrollmentServiceUrl>https://{host}/EnrollmentServer/Enrollment.svc</EnrollmentServiceUrl>\
         </DiscoverResult></DiscoverResponse>"
    );
    let action = "http://schemas.microsoft.com/windows/management/2012/01/enrollment/IDiscoveryService/DiscoverResponse";
    envelope(action, request, &body)
}

pub(crate) fn policies(request: &str) -> String {
    let body = "<GetPoliciesResponse xmlns=\"http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy\">\
         <response><policies><policy><attributes><policySchema>3</policySchema><privateKeyAttributes>\
         <minimalKeyLength>2048</minimalKeyLength></privateKeyAttributes>\
         <hashAlgorithmOIDReference>0</hashAlgorithmOIDReference></attributes></policy></policies></response>\
         <oIDs><oID><value>2.16.840.1.101.3.4.2.1</value><group>1</group><oIDReferenceID>0</oIDReferenceID>\
         </oID></oIDs></GetPoliciesResponse>";
    let action =
        "http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy/IPolicy/GetPoliciesResponse";
    envelope(action, request, body)
}

pub(crate) fn issued(request: &str, document: &str) -> String {
    let body = format!(
        "<RequestSecurityTokenResponseCollection xmlns=\"http://docs.oasis-open.org/ws-sx/ws-trust/200512\">\
         <RequestSecurityTokenResponse><RequestedSecurityToken><BinarySecurityToken \
         xmlns=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\" ValueType=\"\
         http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentProvisionDoc\">{}\
         </BinarySecurityToken></RequestedSecurityToken></RequestSecurityTokenResponse>\
         </RequestSecurityTokenResponseCollection>",
        STANDARD.encode(document)
    );
    envelope(
        "http://schemas.microsoft.com/windows/pki/2009/01/enrollment/RSTRC/wstep",
        request,
        &body,
    )
}

pub(crate) fn provisioning(root: &[u8], identity: &[u8], management: &str) -> String {
    let sha1 = |der: &[u8]| hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, der).as_ref());
    format!(
        "<wap-provisioningdoc version=\"1.1\"><characteristic type=\"CertificateStore\">\
         <characteristic type=\"Root\"><characteristic type=\"System\"><characteristic type=\"{}\">\
         <parm name=\"EncodedCertificate\" value=\"{}\"/></characteristic></characteristic></characteristic>\
         <characteristic type=\"My\"><characteristic type=\"User\"><characteristic type=\"{}\">\
         <parm name=\"EncodedCertificate\" value=\"{}\"/></characteristic>\
         <characteristic type=\"PrivateKeyContainer\"/></characteristic></characteristic></characteristic>\
         <characteristic type=\"APPLICATION\"><parm name=\"APPID\" value=\"w7\"/>\
         <parm name=\"PROVIDER-ID\" value=\"Test\"/><parm name=\"NAME\" value=\"Test\"/>\
         <parm name=\"ADDR\" value=\"https://{management}/ManagementServer/MDM.svc\"/>\
         <parm name=\"DEFAULTENCODING\" value=\"application/vnd.syncml.dm+xml\"/>\
         <characteristic type=\"APPAUTH\"><parm name=\"AAUTHLEVEL\" value=\"CLIENT\"/>\
         <parm name=\"AAUTHTYPE\" value=\"DIGEST\"/><parm name=\"AAUTHSECRET\" value=\"a\"/>\
         <parm name=\"AAUTHDATA\" value=\"bm9uY2U=\"/></characteristic>\
         <characteristic type=\"APPAUTH\"><parm name=\"AAUTHLEVEL\" value=\"APPSRV\"/>\
         <parm name=\"AAUTHTYPE\" value=\"DIGEST\"/><parm name=\"AAUTHNAME\" value=\"n\"/>\
         <parm name=\"AAUTHSECRET\" value=\"a\"/><parm name=\"AAUTHDATA\" value=\"bm9uY2U=\"/></characteristic>\
         </characteristic><characteristic type=\"DMClient\"><characteristic type=\"Provider\">\
         <characteristic type=\"Test\"><characteristic type=\"Poll\">\
         <parm name=\"NumberOfFirstRetries\" value=\"0\" datatype=\"integer\"/>\
         <parm name=\"IntervalForFirstSetOfRetries\" value=\"1\" datatype=\"integer\"/>\
         </characteristic></characteristic></characteristic></characteristic></wap-provisioningdoc>",
        sha1(root),
        STANDARD.encode(root),
        sha1(identity),
        STANDARD.encode(identity)
    )
}

fn item(path: &str, format: &str, data: &str) -> String {
    format!(
        "<Item><Target><LocURI>{path}</LocURI></Target><Meta><Format xmlns=\"syncml:metinf\">{format}</Format></Meta>\
         <Data>{}</Data></Item>",
        data.replace('&', "&amp;").replace('<', "&lt;")
    )
}

pub(crate) fn root(sha1: &str, der: &[u8]) -> String {
    let path = format!("./Device/Vendor/MSFT/RootCATrustedCertificates/Root/{sha1}/EncodedCertificate");
    format!(
        "<Add><CmdID>root</CmdID>{}</Add>",
        item(&path, "b64", &STANDARD.encode(der))
    )
}

pub(crate) fn scep(url: &str, challenge: &str, subject: &str, thumbprint: &str) -> String {
    let values = [
        ("ServerURL", "chr", url),
        ("Challenge", "chr", challenge),
        ("EKUMapping", "chr", "1.3.6.1.5.5.7.3.2"),
        ("KeyUsage", "int", "160"),
        ("SubjectName", "chr", subject),
        ("RetryDelay", "int", "5"),
        ("KeyLength", "int", "2048"),
        ("HashAlgorithm", "chr", "SHA-2"),
        ("CAThumbprint", "chr", thumbprint),
        (
            "SubjectAlternativeNames",
            "chr",
            "2+alice@example.test;7+tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-4",
        ),
    ];
    let adds: String = values
        .iter()
        .map(|(name, format, value)| {
            format!(
                "<Add><CmdID>{name}</CmdID>{}</Add>",
                item(&format!("{NODE}/Install/{name}"), format, value)
            )
        })
        .collect();
    format!(
        "<Atomic><CmdID>atomic</CmdID><Add><CmdID>node</CmdID>{}</Add>{adds}\
         <Exec><CmdID>exec</CmdID>{}</Exec></Atomic>",
        item(NODE, "node", ""),
        item(&format!("{NODE}/Install/Enroll"), "null", "")
    )
}

pub(crate) fn ask(names: &[&str]) -> String {
    let items: String = names
        .iter()
        .map(|name| format!("<Item><Target><LocURI>{NODE}/{name}</LocURI></Target></Item>"))
        .collect();
    format!("<Get><CmdID>ask</CmdID>{items}</Get>")
}

pub(crate) fn ask_certificate(thumbprint: &str) -> String {
    format!(
        "<Get><CmdID>show</CmdID><Item><Target><LocURI>{STORE}/{thumbprint}/EncodedCertificate</LocURI></Target></Item></Get>"
    )
}

pub(crate) fn delete() -> String {
    format!("<Delete><CmdID>gone</CmdID><Item><Target><LocURI>{NODE}</LocURI></Target></Item></Delete>")
}

pub(crate) fn unenrol() -> String {
    let path = "./Device/Vendor/MSFT/DMClient/Provider/Test/Unenroll";
    format!("<Exec><CmdID>leave</CmdID>{}</Exec>", item(path, "chr", "Test"))
}

/// A message of a device.
pub(crate) struct Package {
    pub(crate) device: String,
    pub(crate) number: u32,
    /// It carries the alert of a device that leaves.
    pub(crate) is_farewell: bool,
    session: String,
    server: String,
    /// (command id, command)
    commands: Vec<(String, String)>,
    /// (CmdRef, command, code)
    statuses: Vec<(String, String, String)>,
    results: Vec<(String, String)>,
}

impl Package {
    pub(crate) fn read(xml: &str) -> Self {
        let document = Document::parse(xml).unwrap();
        let root = document.root_element();
        let field = |node: Node<'_, '_>, name: &str| {
            let found = node.descendants().find(|child| child.tag_name().name() == name);
            found.and_then(|node| node.text()).unwrap_or_default().to_owned()
        };
        let named = |node: Node<'_, '_>, name: &str| {
            field(
                node.children()
                    .find(|child| child.tag_name().name() == name)
                    .unwrap(),
                "LocURI",
            )
        };
        let part = |name: &str| {
            root.children()
                .find(|child| child.tag_name().name() == name)
                .unwrap()
        };
        let (header, body) = (part("SyncHdr"), part("SyncBody"));
        let of = |name: &'static str| body.children().filter(move |node| node.tag_name().name() == name);
        Self {
            is_farewell: xml.contains("<Data>1226</Data>") && xml.contains("mdm.unenrollment.userrequest"),
            device: named(header, "Source"),
            server: named(header, "Target"),
            session: field(header, "SessionID"),
            number: field(header, "MsgID").parse().unwrap(),
            commands: of("Alert")
                .chain(of("Replace"))
                .map(|node| (field(node, "CmdID"), node.tag_name().name().to_owned()))
                .collect(),
            statuses: of("Status")
                .map(|node| (field(node, "CmdRef"), field(node, "Cmd"), field(node, "Data")))
                .collect(),
            results: of("Results")
                .flat_map(|node| {
                    node.children()
                        .filter(|child| child.tag_name().name() == "Item")
                        .collect::<Vec<_>>()
                })
                .map(|node| (field(node, "LocURI"), field(node, "Data")))
                .collect(),
        }
    }

    /// The server's next message, with these commands.
    pub(crate) fn answer(&self, commands: &str) -> String {
        let Self {
            session,
            number,
            device,
            server,
            ..
        } = self;
        let header = ("0".to_owned(), "SyncHdr".to_owned());
        let statuses: String = std::iter::once(&header)
            .chain(&self.commands)
            .enumerate()
            .map(|(position, (id, command))| {
                format!(
                    "<Status><CmdID>{}</CmdID><MsgRef>{number}</MsgRef><CmdRef>{id}</CmdRef><Cmd>{command}</Cmd>\
                     <Data>200</Data></Status>",
                    position + 1
                )
            })
            .collect();
        format!(
            "<SyncML xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto>\
             <SessionID>{session}</SessionID><MsgID>{number}</MsgID><Target><LocURI>{device}</LocURI></Target>\
             <Source><LocURI>{server}</LocURI></Source></SyncHdr>\
             <SyncBody>{statuses}{commands}<Final/></SyncBody></SyncML>"
        )
    }

    pub(crate) fn result(&self, end: &str) -> Option<String> {
        self.results
            .iter()
            .find(|(source, _)| source.ends_with(end))
            .map(|(_, value)| value.clone())
    }

    pub(crate) fn codes(&self, command: &str) -> Vec<String> {
        self.statuses
            .iter()
            .filter(|status| status.1 == command)
            .map(|status| status.2.clone())
            .collect()
    }

    /// The certificate that was asked for, or the code.
    pub(crate) fn shown_certificate(&self) -> Option<Result<String, String>> {
        let status = self.statuses.iter().find(|status| status.0 == "show")?;
        Some(self.result("/EncodedCertificate").ok_or_else(|| status.2.clone()))
    }

    /// Codes other than 200, but for the certificate that not every device shows.
    pub(crate) fn bad_codes(&self) -> Vec<String> {
        let bad = self
            .statuses
            .iter()
            .filter(|status| status.2 != "200" && status.0 != "show");
        bad.map(|(id, command, code)| format!("{command} {id}: {code}"))
            .collect()
    }
}
