//! The clients of the service, by the addresses of a connection.

use mobilepay::reporting::Reporting;
use mobilepay::{Api, ApiHttp, GatewayCredentials};

use crate::ipc::{Refusal, RefusalCode};
use crate::refuse::Outcome;
use crate::settings::SavedConnection;
use crate::worlds;

/// How its calls are made: over plain http only where its world allows that.
fn http(saved: &SavedConnection, base: &url::Url) -> ApiHttp {
    if worlds::may_be_plain(saved.view.world, base) {
        ApiHttp::practice()
    } else {
        ApiHttp::default()
    }
}

/// The API of a connection.
pub(crate) fn api(saved: &SavedConnection, gateway: &GatewayCredentials) -> Outcome<Api> {
    let invalid = |what: &str| {
        Refusal::new(RefusalCode::ConnectionInvalid, what.to_owned()).with_detail("api_base_url")
    };
    let base = saved
        .view
        .api_base_url
        .parse()
        .map_err(|_| invalid("The address of the API cannot be read."))?;
    let http = http(saved, &base);
    Api::new(base, gateway, http).map_err(|error| invalid(&error.to_string()))
}

/// Transaction Reporting lies on the API's host, beside it (spec 18.3).
pub(super) fn reporting(saved: &SavedConnection, gateway: &GatewayCredentials) -> Option<Reporting> {
    let mut base: url::Url = saved.view.api_base_url.parse().ok()?;
    let http = http(saved, &base);
    base.set_path("/");
    base.set_query(None);
    Reporting::new(base, gateway, http).ok()
}
