//! A built-in authority whose certificates every device is to have.

use domain::{
    actor::Actor, assignment::Scope, built_in::Rules, external_ca::Authority,
    scep_configuration::ConfigurationForm,
};
use sceau::actions::{
    assignments::{AssignmentForm, put_assignment},
    built_in::{self, BuiltInForm},
    configurations::add_configuration,
};

use super::Site;

/// Makes the authority with a configuration for `CN=laboratory`, changed by the test, and distributes it to all.
pub async fn distributed(
    site: &Site,
    rules: Rules,
    change: impl FnOnce(&mut ConfigurationForm),
) -> Authority {
    let administrator = Actor::CommandLine;
    let form = BuiltInForm {
        name: "Own".to_owned(),
        rules,
        ..BuiltInForm::default()
    };
    let authority = built_in::add_built_in(&site.app, &administrator, &form)
        .await
        .unwrap();
    let mut form = ConfigurationForm {
        name: "Wi-Fi".to_owned(),
        authority_id: authority.id.to_string(),
        subject: "CN=laboratory".to_owned(),
        ..ConfigurationForm::default()
    };
    change(&mut form);
    let saved = add_configuration(&site.app, &administrator, &form).await.unwrap();
    let form = AssignmentForm {
        is_enabled: true,
        scope: Scope::All,
    };
    put_assignment(&site.app, &administrator, &saved.configuration.id, form)
        .await
        .unwrap();
    authority
}
