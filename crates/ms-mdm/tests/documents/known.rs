//! What the comparison allows for: the faults of the documents, and where this crate differs by intent. An entry
//! that no longer holds fails the comparison, too. `docs/protocols/ms-mdm.md` tells both lists in prose.

pub(super) const OP_DISCOVERY: &str =
    "on-premise-authentication-device-enrollment__07_discover-response_discovery-service.xml";
pub(super) const FED_DISCOVERY: &str =
    "federated-authentication-device-enrollment__09_discover-response_discovery-service.xml";
pub(super) const CERT_DISCOVERY: &str =
    "certificate-authentication-device-enrollment__02_discover-response_discovery-service.http";
pub(super) const WIRE_DISCOVERY: &str = "wire-win10-19043__04_server_discoverresponse.xml";

pub(super) const OP_POLICY: &str =
    "on-premise-authentication-device-enrollment__09_getpolicies-response_enrollment-policy-web-service.xml";
pub(super) const FED_POLICY: &str =
    "federated-authentication-device-enrollment__11_getpolicies-response_enrollment-policy-web-service.xml";
pub(super) const CERT_POLICY: &str = "certificate-authentication-device-enrollment__04_getpolicies-response_enrollment-policy-web-service.fixed.xml";
pub(super) const WIRE_POLICY: &str = "wire-win10-19043__06_server_getpoliciesresponse.xml";

pub(super) const OP_ANSWER: &str =
    "on-premise-authentication-device-enrollment__11_rst-response_enrollment-web-service.xml";
pub(super) const FED_ANSWER: &str =
    "federated-authentication-device-enrollment__13_rst-response_enrollment-web-service.xml";
pub(super) const CERT_ANSWER: &str =
    "certificate-authentication-device-enrollment__06_rst-response_enrollment-web-service.http";
pub(super) const WIRE_ANSWER: &str = "wire-win10-19043__08_server_rstrc-wstep.xml";

pub(super) const OP_PROVISIONING: &str =
    "on-premise-authentication-device-enrollment__12_wap-provisioningdoc_enrollment-web-service.fixed.xml";
pub(super) const FED_PROVISIONING: &str =
    "federated-authentication-device-enrollment__14_wap-provisioningdoc_enrollment-web-service.fixed.xml";
pub(super) const CERT_PROVISIONING: &str =
    "certificate-authentication-device-enrollment__07_wap-provisioningdoc_enrollment-web-service.fixed.xml";
pub(super) const WIRE_PROVISIONING: &str = "wire-win10-19043__inner_wap-provisioningdoc.xml";
pub(super) const REN_PROVISIONING: &str =
    "certificate-renewal-windows-mdm__02_wap-provisioningdoc_certificate-renewal-response.xml";

pub(super) const FAULT_PLAIN: &str = "mobile-device-enrollment__01_enrollment-error-messages.xml";
pub(super) const FAULT_DETAILED: &str = "mobile-device-enrollment__02_enrollment-error-messages.xml";

pub(super) const SCEP: &str = "clientcertificateinstall-csp__01_syncml_example.fixed.xml";
pub(super) const OLDER_SCEP: &str = "certificatestore-csp__04_examples.xml";
pub(super) const ADD_ROOT: &str = "certificatestore-csp__01_examples.fixed.xml";
pub(super) const LIST: &str = "certificatestore-csp__02_examples.xml";
pub(super) const DELETE_ROOT: &str = "certificatestore-csp__03_examples.fixed.xml";
pub(super) const RENEWAL_TERMS: &str = "certificatestore-csp__05_examples.xml";
pub(super) const POLL: &str = "dmclient-csp__01_dmclient-csp.fixed.xml";
pub(super) const ADDRESSES: &str = "dmclient-csp__03_dmclient-csp.fixed.xml";
pub(super) const UNENROLL: &str = "dmclient-csp__05_dmclient-csp.fixed.xml";
pub(super) const FILE_FORMAT: &str = "structure-of-oma-dm-provisioning-files__01_syncml_file-format.xml";
pub(super) const SETTING: &str =
    "structure-of-oma-dm-provisioning-files__05_update-device-settings-example.xml";
pub(super) const WIRE_SESSION: &str = "wire-win10-19043__10_server_syncml.xml";
pub(super) const MADE_DELIVERY: &str = "made__session-02_server-root-then-scep-atomic.xml";
pub(super) const MADE_POLL: &str = "made__poll-01_server-get-status-errorcode.xml";
pub(super) const MADE_DELETION: &str = "made__delete-scep.xml";
pub(super) const MADE_END: &str = "made__session-04_server-end.xml";

/// A fault of documents: what is printed, and what must have been meant.
pub(super) struct Fault {
    pub documents: &'static [&'static str],
    pub printed: &'static str,
    pub meant: &'static str,
    pub why: &'static str,
}

const fn fault(
    documents: &'static [&'static str],
    printed: &'static str,
    meant: &'static str,
    why: &'static str,
) -> Fault {
    Fault {
        documents,
        printed,
        meant,
        why,
    }
}

const DOCUMENTED_ANSWERS: &[&str] = &[OP_ANSWER, FED_ANSWER, CERT_ANSWER];
const DOCUMENTED_PROVISIONING: &[&str] = &[OP_PROVISIONING, FED_PROVISIONING, CERT_PROVISIONING];

pub(super) const FAULTS: &[Fault] = &[
    fault(
        &[WIRE_POLICY],
        "<algorithmOIDReferencexsi:nil",
        "<algorithmOIDReference xsi:nil",
        "a blank is missing: not well-formed, and Windows took it",
    ),
    fault(
        DOCUMENTED_ANSWERS,
        "http://schemas.xmlsoap.org/soap/envelope/",
        "http://www.w3.org/2003/05/soap-envelope",
        "the namespace of SOAP 1.1, where all else is SOAP 1.2",
    ),
    fault(
        &[CERT_ANSWER],
        "<Action ",
        "<a:Action ",
        "Action without the prefix of WS-Addressing",
    ),
    fault(&[CERT_ANSWER], "</Action", "</a:Action", "the same"),
    fault(
        DOCUMENTED_ANSWERS,
        "B64EncodedSampleBinarySecurityToken",
        "Y2VydGlmaWNhdGU=",
        "a placeholder",
    ),
    fault(
        DOCUMENTED_PROVISIONING,
        "B64 encoded cert insert here",
        "Y2VydGlmaWNhdGU=",
        "a placeholder",
    ),
    fault(
        DOCUMENTED_PROVISIONING,
        "B64EncodedCertInsertedHere",
        "Y2VydGlmaWNhdGU=",
        "a placeholder",
    ),
    fault(
        DOCUMENTED_PROVISIONING,
        "B64encodedBinaryNonceInsertedHere",
        "bm9uY2U=",
        "a placeholder",
    ),
    fault(
        DOCUMENTED_PROVISIONING,
        "Subject=DC%3dcom%2cDC%3dmicrosoft%2cCN%3dUsers%2cCN%3dAdministrator&",
        "Subject=DC%3Dcom%2CDC%3Dmicrosoft%2CCN%3DUsers%2CCN%3DAdministrator&",
        "escapes in small letters: the same by RFC 3986, 2.1",
    ),
    fault(
        &[WIRE_PROVISIONING],
        "\"AAUTHDATA\" value=\"nonce\"",
        "\"AAUTHDATA\" value=\"bm9uY2U=\"",
        "the nonce is not in base64",
    ),
    fault(
        &[WIRE_PROVISIONING],
        "</characteristic></characteristic></characteristic><characteristic type=\"My\">",
        "</characteristic></characteristic></characteristic></characteristic>\
         <characteristic type=\"CertificateStore\"><characteristic type=\"My\">",
        "one CertificateStore, where the documents have one for trust and one for the identity",
    ),
    fault(
        &[REN_PROVISIONING],
        "EncodedCertInsertedHere",
        "Y2VydGlmaWNhdGU=",
        "a placeholder",
    ),
    fault(
        &[REN_PROVISIONING],
        "EncodedRootCertHashInsertedHere ",
        "031336C933CC7E228B88880D78824FB2909A0A2F",
        "a placeholder",
    ),
    fault(
        &[REN_PROVISIONING],
        "EncodedClientCertHashInsertedHere",
        "F9A4F20FC50D990FDD0E3DB9AFCBF401818D5462",
        "a placeholder",
    ),
    fault(
        &[FAULT_PLAIN, FAULT_DETAILED],
        "urn:uuid:urn:uuid:",
        "urn:uuid:",
        "the prefix of the MessageID twice",
    ),
    fault(
        &[SCEP],
        "12345087E648875D1DF5D9F9FF89DD10",
        "12345087E648875D1DF5D9F9FF89DD1000000000",
        "the thumbprint of a CA in 32 digits, those of an MD5: it is a SHA-1",
    ),
    fault(
        &[OLDER_SCEP],
        "CAThumbprintInsertedHere",
        "12345087E648875D1DF5D9F9FF89DD1000000000",
        "a placeholder",
    ),
    fault(
        &[OLDER_SCEP],
        "./Vendor/MSFT/CertificateStore/My/SCEP/",
        "./Device/Vendor/MSFT/ClientCertificateInstall/SCEP/",
        "the older place of the same nodes",
    ),
    fault(
        &[ADD_ROOT],
        "B64EncodedCertInsertedHere",
        "Y2VydGlmaWNhdGU=",
        "a placeholder",
    ),
    fault(
        &[WIRE_SESSION],
        "<Type>",
        "<Type xmlns=\"syncml:metinf\">",
        "Type without the namespace of its neighbour Format",
    ),
    fault(&[MADE_DELIVERY], "MIIB...", "Y2VydGlmaWNhdGU=", "a placeholder"),
    fault(
        &[MADE_DELIVERY],
        "<Replace>",
        "<Add>",
        "a certificate is added once it was asked for, so that 418 tells whose it is",
    ),
    fault(&[MADE_DELIVERY], "</Replace>", "</Add>", "the same"),
];

/// Where what this crate writes differs by intent, line by line as [`super::tree::differences`] tells it.
pub(super) struct Difference {
    pub why: &'static str,
    pub documents: &'static [&'static str],
    pub lines: &'static [&'static str],
}

pub(super) const DIFFERENCES: &[Difference] = &[
    Difference {
        why: "the namespace of diagnostics and a CorrelationId, as in the capture, around the request's own UUID",
        documents: &[OP_DISCOVERY, FED_DISCOVERY, CERT_DISCOVERY],
        lines: &[
            r#"- s:Header/ActivityId "d9eb2fdd-e38a-46ee-bd93-aea9dc86a3b8""#,
            r#"+ s:Header/d:ActivityId CorrelationId="748132ec-a575-4329-b01b-6171a9cf8478" "748132ec-a575-4329-b01b-6171a9cf8478""#,
        ],
    },
    Difference {
        why: "ActivityId is the request's own UUID",
        documents: &[WIRE_DISCOVERY],
        lines: &[
            r#"s:Header/d:ActivityId: the text "8c6060c4-3d78-4d73-ae17-e8bce88426ee" -> "748132ec-a575-4329-b01b-6171a9cf8478""#,
            r#"s:Header/d:ActivityId: CorrelationId "8c6060c4-3d78-4d73-ae17-e8bce88426ee" -> "748132ec-a575-4329-b01b-6171a9cf8478""#,
        ],
    },
    Difference {
        why: "SHA-256 is asked for",
        documents: &[OP_POLICY, FED_POLICY, CERT_POLICY],
        lines: &[
            r#"s:Body/p:GetPoliciesResponse/p:oIDs/p:oID/p:value: the text "1.3.14.3.2.29" -> "2.16.840.1.101.3.4.2.1""#,
            r#"s:Body/p:GetPoliciesResponse/p:oIDs/p:oID/p:defaultName: the text "szOID_OIWSEC_sha1RSASign" -> "szOID_NIST_sha256""#,
        ],
    },
    Difference {
        why: "the sample's name and validity: the server has its own",
        documents: &[OP_POLICY, FED_POLICY],
        lines: &[
            r#"s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:commonName: the text "CEPUnitTest" -> "DeviceManagement""#,
            r#"s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:certificateValidity/p:validityPeriodSeconds: the text "1209600" -> "31536000""#,
            r#"s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:certificateValidity/p:renewalPeriodSeconds: the text "172800" -> "3628800""#,
        ],
    },
    Difference {
        why: "ActivityId is not required here",
        documents: &[CERT_POLICY],
        lines: &[
            r#"- s:Header/d:ActivityId CorrelationId="08d2997e-e8ac-4c97-a4ce-d263e62186ab" "d4335d7c-e192-402d-b0e7-f5d550467e3c""#,
        ],
    },
    Difference {
        why: "fields that stand in the OP and FED samples, and not in this one",
        documents: &[CERT_POLICY],
        lines: &[
            "+ s:Body/p:GetPoliciesResponse/p:response/p:policyID",
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:commonName "DeviceManagement""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:certificateValidity { p:validityPeriodSeconds "31536000"; p:renewalPeriodSeconds "3628800" }"#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:permission { p:enroll "true"; p:autoEnroll "false" }"#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:revision { p:majorRevision "101"; p:minorRevision "0" }"#,
        ],
    },
    Difference {
        why: "the demonstration asks for no hash, so that Windows signs with SHA-1",
        documents: &[WIRE_POLICY],
        lines: &[
            r#"s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:hashAlgorithmOIDReference: the text "" -> "0""#,
            r#"s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:hashAlgorithmOIDReference: xsi:nil "true" -> none"#,
            r#"s:Body/p:GetPoliciesResponse/p:oIDs/p:oID/p:value: the text "1.3.6.1.4.1.311.20.2" -> "2.16.840.1.101.3.4.2.1""#,
            r#"s:Body/p:GetPoliciesResponse/p:oIDs/p:oID/p:oIDReferenceID: the text "5" -> "0""#,
            r#"s:Body/p:GetPoliciesResponse/p:oIDs/p:oID/p:defaultName: the text "Certificate Template Name" -> "szOID_NIST_sha256""#,
        ],
    },
    Difference {
        why: "the demonstration leaves out what the schema has: each field is written, in its order",
        documents: &[WIRE_POLICY],
        lines: &[
            "+ s:Body/p:GetPoliciesResponse/p:response/p:policyID",
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policyFriendlyName xsi:nil="true""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:nextUpdateHours xsi:nil="true""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policiesNotChanged xsi:nil="true""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:policyOIDReference "0""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:cAs xsi:nil="true""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:commonName "DeviceManagement""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:certificateValidity { p:validityPeriodSeconds "31536000"; p:renewalPeriodSeconds "3628800" }"#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:permission { p:enroll "true"; p:autoEnroll "false" }"#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:privateKeyAttributes/p:keySpec xsi:nil="true""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:privateKeyAttributes/p:keyUsageProperty xsi:nil="true""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:privateKeyAttributes/p:permissions xsi:nil="true""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:privateKeyAttributes/p:cryptoProviders xsi:nil="true""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:revision { p:majorRevision "101"; p:minorRevision "0" }"#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:supersededPolicies xsi:nil="true""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:privateKeyFlags xsi:nil="true""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:subjectNameFlags xsi:nil="true""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:enrollmentFlags xsi:nil="true""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:generalFlags xsi:nil="true""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:rARequirements xsi:nil="true""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:keyArchivalAttributes xsi:nil="true""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:response/p:policies/p:policy/p:attributes/p:extensions xsi:nil="true""#,
            r#"+ s:Body/p:GetPoliciesResponse/p:cAs xsi:nil="true""#,
        ],
    },
    Difference {
        why: "both sides prove themselves by digest: BASIC sends the secret",
        documents: &[OP_PROVISIONING, FED_PROVISIONING, CERT_PROVISIONING],
        lines: &[
            r#"+ characteristic[APPLICATION]/characteristic[APPAUTH]/parm[AAUTHDATA] value="bm9uY2U=""#,
            r#"characteristic[APPLICATION]/characteristic[APPAUTH]/parm[AAUTHTYPE]: value "BASIC" -> "DIGEST""#,
        ],
    },
    Difference {
        why: "this crate reads XML and no WBXML",
        documents: &[OP_PROVISIONING, FED_PROVISIONING, CERT_PROVISIONING],
        lines: &[
            r#"characteristic[APPLICATION]/parm[DEFAULTENCODING]: value "application/vnd.syncml.dm+wbxml" -> "application/vnd.syncml.dm+xml""#,
        ],
    },
    Difference {
        why: "a first sign-in of each person calls the server",
        documents: &[OP_PROVISIONING, FED_PROVISIONING, CERT_PROVISIONING],
        lines: &[
            r#"+ characteristic[DMClient]/characteristic[Provider]/characteristic[TestMDMServer]/characteristic[Poll]/parm[AllUsersPollOnFirstLogin] datatype="boolean" value="true""#,
        ],
    },
    Difference {
        why: "a renewal wants the device's id set",
        documents: &[OP_PROVISIONING, FED_PROVISIONING, CERT_PROVISIONING],
        lines: &[
            r#"+ characteristic[DMClient]/characteristic[Provider]/characteristic[TestMDMServer]/parm[EntDMID] datatype="string" value="device""#,
        ],
    },
    Difference {
        why: "neither is required",
        documents: &[WIRE_PROVISIONING],
        lines: &[
            r#"- characteristic[APPLICATION]/parm[ROLE] value="4294967295""#,
            r#"- characteristic[APPLICATION]/parm[ServerList] value="https://mdmwindows.com/ManagementServer/ServerList.svc""#,
        ],
    },
    Difference {
        why: "the demonstration leaves out what the documents have",
        documents: &[WIRE_PROVISIONING],
        lines: &[
            r#"+ characteristic[APPLICATION]/parm[CONNRETRYFREQ] value="6""#,
            r#"+ characteristic[APPLICATION]/parm[INITIALBACKOFFTIME] value="30000""#,
            r#"+ characteristic[APPLICATION]/parm[MAXBACKOFFTIME] value="120000""#,
            r#"+ characteristic[APPLICATION]/parm[SSLCLIENTCERTSEARCHCRITERIA] value="Subject=DC%3Dcom%2CDC%3Dmicrosoft%2CCN%3DUsers%2CCN%3DAdministrator&Stores=My%5CUser""#,
            r#"+ characteristic[CertificateStore]/characteristic[My]/characteristic[WSTEP] { characteristic[Renew] { parm[ROBOSupport] datatype="boolean" value="true"; parm[RenewPeriod] datatype="integer" value="60"; parm[RetryInterval] datatype="integer" value="4" } }"#,
            r#"+ characteristic[DMClient]/characteristic[Provider]/characteristic[DEMO MDM]/characteristic[Poll]/parm[IntervalForFirstSetOfRetries] datatype="integer" value="15""#,
            r#"+ characteristic[DMClient]/characteristic[Provider]/characteristic[DEMO MDM]/characteristic[Poll]/parm[IntervalForRemainingScheduledRetries] datatype="integer" value="1560""#,
            r#"+ characteristic[DMClient]/characteristic[Provider]/characteristic[DEMO MDM]/characteristic[Poll]/parm[IntervalForSecondSetOfRetries] datatype="integer" value="3""#,
            r#"+ characteristic[DMClient]/characteristic[Provider]/characteristic[DEMO MDM]/characteristic[Poll]/parm[NumberOfRemainingScheduledRetries] datatype="integer" value="0""#,
            r#"+ characteristic[DMClient]/characteristic[Provider]/characteristic[DEMO MDM]/characteristic[Poll]/parm[NumberOfSecondRetries] datatype="integer" value="5""#,
            r#"+ characteristic[DMClient]/characteristic[Provider]/characteristic[DEMO MDM]/characteristic[Poll]/parm[PollOnLogin] datatype="boolean" value="true""#,
            r#"+ characteristic[DMClient]/characteristic[Provider]/characteristic[DEMO MDM]/parm[EntDeviceName] datatype="string" value="Administrator_Windows""#,
        ],
    },
    Difference {
        why: "a first sign-in of each person calls the server; a renewal wants the device's id set",
        documents: &[WIRE_PROVISIONING],
        lines: &[
            r#"+ characteristic[DMClient]/characteristic[Provider]/characteristic[DEMO MDM]/characteristic[Poll]/parm[AllUsersPollOnFirstLogin] datatype="boolean" value="true""#,
            r#"+ characteristic[DMClient]/characteristic[Provider]/characteristic[DEMO MDM]/parm[EntDMID] datatype="string" value="device""#,
        ],
    },
    Difference {
        why: "an empty list of names is left out",
        documents: &[SCEP],
        lines: &[
            r#"- y:SyncBody/y:Atomic/y:Add[SubjectAlternativeNames] { y:Item { y:Data; y:Meta { i:Format "chr" }; y:Target { y:LocURI "./Device/Vendor/MSFT/ClientCertificateInstall/SCEP/SCEP-0001/Install/SubjectAlternativeNames" } } }"#,
        ],
    },
    Difference {
        why: "an Exec without a value has the format of its node",
        documents: &[SCEP, OLDER_SCEP],
        lines: &[r#"+ y:SyncBody/y:Atomic/y:Exec[Enroll]/y:Item/y:Meta { i:Format "null" }"#],
    },
    Difference {
        why: "trust goes by RootCATrustedCertificates",
        documents: &[ADD_ROOT],
        lines: &[
            r#"y:SyncBody/y:Add[EncodedCertificate]/y:Item/y:Target/y:LocURI: the text "./Vendor/MSFT/CertificateStore/Root/System/031336C933CC7E228B88880D78824FB2909A0A2F/EncodedCertificate" -> "./Device/Vendor/MSFT/RootCATrustedCertificates/Root/031336C933CC7E228B88880D78824FB2909A0A2F/EncodedCertificate""#,
        ],
    },
    Difference {
        why: "trust goes by RootCATrustedCertificates",
        documents: &[DELETE_ROOT],
        lines: &[
            r#"y:SyncBody/y:Delete[031336C933CC7E228B88880D78824FB2909A0A2F]/y:Item/y:Target/y:LocURI: the text "./Vendor/MSFT/CertificateStore/Root/System/031336C933CC7E228B88880D78824FB2909A0A2F" -> "./Device/Vendor/MSFT/RootCATrustedCertificates/Root/031336C933CC7E228B88880D78824FB2909A0A2F""#,
        ],
    },
    Difference {
        why: "the sample has Data before Meta, against the document type of SyncML",
        documents: &[ADD_ROOT],
        lines: &[
            r#"- y:SyncBody/y:Add[EncodedCertificate]/y:Item/y:Data "Y2VydGlmaWNhdGU=""#,
            r#"+ y:SyncBody/y:Add[EncodedCertificate]/y:Item/y:Data "Y2VydGlmaWNhdGU=""#,
        ],
    },
    Difference {
        why: "the device's tree is named",
        documents: &[POLL],
        lines: &[
            r#"y:SyncBody/y:Get[ExchangeID]/y:Item/y:Target/y:LocURI: the text "./Vendor/MSFT/DMClient/Provider/TestMDMServer/ExchangeID" -> "./Device/Vendor/MSFT/DMClient/Provider/TestMDMServer/ExchangeID""#,
        ],
    },
    Difference {
        why: "the device's tree is named",
        documents: &[ADDRESSES],
        lines: &[
            r#"y:SyncBody/y:Replace[ManagementServerAddressList]/y:Item/y:Target/y:LocURI: the text "./Vendor/MSFT/DMClient/Provider/TestMDMServer/ManagementServerAddressList" -> "./Device/Vendor/MSFT/DMClient/Provider/TestMDMServer/ManagementServerAddressList""#,
        ],
    },
    Difference {
        why: "the device's tree is named",
        documents: &[UNENROLL],
        lines: &[
            r#"y:SyncBody/y:Exec[Unenroll]/y:Item/y:Target/y:LocURI: the text "./Vendor/MSFT/DMClient/Provider/TestMDMServer/Unenroll" -> "./Device/Vendor/MSFT/DMClient/Provider/TestMDMServer/Unenroll""#,
        ],
    },
    Difference {
        why: "a value has its format",
        documents: &[ADDRESSES],
        lines: &[r#"+ y:SyncBody/y:Replace[ManagementServerAddressList]/y:Item/y:Meta { i:Format "chr" }"#],
    },
    Difference {
        why: "the sample has Type before Format, against the document type of MetInf",
        documents: &[SETTING],
        lines: &[
            r#"- y:SyncBody/y:Replace[MinDevicePasswordLength]/y:Item/y:Meta/i:Type "text/plain""#,
            r#"+ y:SyncBody/y:Replace[MinDevicePasswordLength]/y:Item/y:Meta/i:Type "text/plain""#,
        ],
    },
    Difference {
        why: "five minutes before and after: the samples span five in all, which a clock of a device may miss",
        documents: DOCUMENTED_ANSWERS,
        lines: &[
            r#"s:Header/o:Security/u:Timestamp/u:Created: the text "2012-08-02T00:32:59.420Z" -> "2012-08-02T00:30:29.420Z""#,
            r#"s:Header/o:Security/u:Timestamp/u:Expires: the text "2012-08-02T00:37:59.420Z" -> "2012-08-02T00:40:29.420Z""#,
        ],
    },
    Difference {
        why: "five minutes before and after, where the demonstration gives a month",
        documents: &[WIRE_ANSWER],
        lines: &[
            r#"s:Header/o:Security/u:Timestamp/u:Expires: the text "2018-12-30T00:37:59.420Z" -> "2018-11-30T00:42:59.420Z""#,
        ],
    },
    Difference {
        why: "it stands in the OP and FED samples and in the capture, and not in this one",
        documents: &[CERT_ANSWER],
        lines: &[
            "+ s:Body/t:RequestSecurityTokenResponseCollection/t:RequestSecurityTokenResponse/e:DispositionMessage",
        ],
    },
];
