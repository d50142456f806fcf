//! Which scope a key of staff needs for each operation: the one table. What is not in it, no key and no
//! session may do.
//!
//! A scope is about keys: what a member of the staff may do at all follows from their role.

use poem::http::Method;
use serde_json::Value;

use crate::accounts::Scope;
use crate::http::documented::is_of;
use crate::http::documents::remark;

/// What every path here begins with.
const PREFIX: &str = "/operator/v1";

/// The operations of a scope, by method and path.
type Operations = &'static [(&'static str, &'static str)];

/// Every operation, under its scope.
const OPERATIONS: [(Scope, Operations); 5] = [
    (
        Scope::Read,
        &[
            ("GET", "/accounts"),
            ("GET", "/accounts/{account_id}"),
            ("GET", "/accounts/{account_id}/credits"),
            ("GET", "/accounts/{account_id}/keys"),
            ("GET", "/accounts/{account_id}/notices"),
            ("GET", "/adjustments"),
            ("GET", "/alerts"),
            ("GET", "/alerts/{alert_id}"),
            ("GET", "/audit"),
            ("GET", "/audit/export"),
            ("GET", "/audit/verification"),
            ("GET", "/cases"),
            ("GET", "/cases/{case_id}"),
            ("GET", "/chargebacks"),
            ("GET", "/deposit-reviews"),
            ("GET", "/deposits"),
            ("GET", "/deposits/{deposit_id}"),
            ("GET", "/dispatches"),
            ("GET", "/disputes"),
            ("GET", "/disputes/{dispute_id}"),
            ("GET", "/disputes/{dispute_id}/evidence"),
            ("GET", "/manual-orders"),
            ("GET", "/manual-refills"),
            ("GET", "/me"),
            ("POST", "/me/confirm"),
            ("GET", "/orders"),
            ("GET", "/orders/{order_id}"),
            ("GET", "/orders/{order_id}/count-checks"),
            ("GET", "/phrase-decisions"),
            ("GET", "/phrase-file"),
            ("GET", "/phrase-work-items"),
            ("GET", "/phrases"),
            ("GET", "/phrases/{phrase_id}"),
            ("GET", "/providers"),
            ("GET", "/providers/{provider_id}"),
            ("GET", "/providers/{provider_id}/balance"),
            ("GET", "/providers/{provider_id}/findings"),
            ("GET", "/providers/{provider_id}/offers"),
            ("GET", "/refill-counts"),
            ("GET", "/refill-dispatches"),
            ("GET", "/services"),
            ("GET", "/services/{service_id}"),
            ("GET", "/shipped-phrases"),
            ("GET", "/staff"),
            ("GET", "/suspensions"),
            ("GET", "/sync-differences"),
            ("GET", "/sync-reports"),
            ("GET", "/sync-reports/{report_id}"),
            ("GET", "/tickets"),
            ("GET", "/tickets/{ticket_id}"),
            ("GET", "/tickets/{ticket_id}/screenshots/{number}"),
            ("GET", "/tiers"),
        ],
    ),
    (
        Scope::Support,
        &[
            ("POST", "/accounts/{account_id}/notices"),
            ("POST", "/adjustments"),
            ("POST", "/alerts/{alert_id}/acknowledgement"),
            ("PUT", "/me/alerts-by-mail"),
            ("POST", "/cases/{case_id}/notes"),
            ("POST", "/tickets/{ticket_id}/counts"),
            ("POST", "/tickets/{ticket_id}/messages"),
            ("POST", "/tickets/{ticket_id}/proposal"),
        ],
    ),
    (
        Scope::Money,
        &[
            ("POST", "/accounts/{account_id}/corrections"),
            ("POST", "/accounts/{account_id}/credit"),
            ("POST", "/accounts/{account_id}/deposits"),
            ("POST", "/adjustments/{proposal_id}/decision"),
            ("POST", "/deposit-reviews/{review_id}/decision"),
            ("POST", "/deposits/{deposit_id}/payments"),
            ("POST", "/dispatches/{dispatch_id}/resolution"),
            ("POST", "/disputes/{dispute_id}/decision"),
            ("POST", "/manual-orders/{order_id}/progress"),
            ("POST", "/manual-refills/{refill_id}/end"),
            ("POST", "/orders/{order_id}/cancel"),
            ("POST", "/orders/{order_id}/end"),
            ("POST", "/orders/{order_id}/lift-overlap"),
            ("PUT", "/orders/{order_id}/start-count"),
            ("POST", "/phrase-decisions/{decision_id}/confirmation"),
            ("POST", "/phrase-decisions/{decision_id}/undo"),
            ("POST", "/phrase-file"),
            ("POST", "/phrases"),
            ("POST", "/phrases/{phrase_id}/resolution"),
            ("POST", "/phrases/{phrase_id}/sorting"),
            ("POST", "/refill-dispatches/{refill_dispatch_id}/resolution"),
            ("POST", "/tickets/{ticket_id}/decision"),
        ],
    ),
    (
        Scope::Catalogue,
        &[
            ("POST", "/providers"),
            ("PATCH", "/providers/{provider_id}"),
            ("POST", "/providers/{provider_id}/import"),
            ("POST", "/providers/{provider_id}/offers/resume"),
            ("POST", "/providers/{provider_id}/pause"),
            ("POST", "/providers/{provider_id}/resume"),
            ("POST", "/providers/{provider_id}/sync"),
            ("POST", "/providers/{provider_id}/test"),
            ("POST", "/services"),
            ("POST", "/services/order"),
            ("PATCH", "/services/{service_id}"),
            ("POST", "/sync-differences/apply"),
            ("POST", "/sync-differences/dismiss"),
            ("POST", "/tiers"),
            ("PATCH", "/tiers/{tier_id}"),
        ],
    ),
    (
        Scope::Accounts,
        &[
            ("POST", "/accounts/{account_id}/password-link"),
            ("POST", "/accounts"),
            ("PATCH", "/accounts/{account_id}"),
            ("POST", "/accounts/{account_id}/chargebacks"),
            ("POST", "/accounts/{account_id}/erase"),
            ("GET", "/accounts/{account_id}/export"),
            ("POST", "/accounts/{account_id}/keys"),
            ("PUT", "/accounts/{account_id}/keys/{key_id}"),
            ("POST", "/accounts/{account_id}/keys/{key_id}/revoke"),
            ("POST", "/accounts/{account_id}/keys/{key_id}/rotate"),
            ("POST", "/accounts/{account_id}/reinstate"),
            ("POST", "/accounts/{account_id}/suspend"),
            ("POST", "/cases/{case_id}/confirm"),
            ("POST", "/cases/{case_id}/release"),
            ("POST", "/staff"),
            ("POST", "/staff/{account_id}/password"),
            ("POST", "/staff/{account_id}/remove"),
            ("POST", "/staff/{account_id}/role"),
            ("POST", "/staff/{account_id}/totp/reset"),
        ],
    ),
];

/// The scope that a key needs for `method` on `path`, as it was asked for.
pub(super) fn needed(method: &Method, path: &str) -> Option<Scope> {
    let path = path.strip_prefix(PREFIX)?.trim_end_matches('/');
    // What answers GET answers HEAD.
    let method = if *method == Method::HEAD {
        "GET"
    } else {
        method.as_str()
    };
    let rows = || {
        let of = |(scope, operations): &(Scope, Operations)| {
            let scope = *scope;
            operations
                .iter()
                .map(move |(method, template)| (scope, *method, *template))
        };
        OPERATIONS
            .iter()
            .flat_map(of)
            .filter(|(_, of, _)| *of == method)
    };
    // A path in full goes before one with a parameter, as it does when requests are routed.
    let exact = rows().find(|(_, _, template)| *template == path);
    let found = exact.or_else(|| rows().find(|(_, _, template)| is_of(path, template)));
    found.map(|(scope, _, _)| scope)
}

/// Has every operation of `document` say which scope it needs.
pub(in crate::http) fn tell(document: &mut Value) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        let operations = item.as_object_mut().into_iter().flatten();
        for (method, operation) in operations {
            let method = method.to_uppercase().parse::<Method>();
            let scope = method.ok().and_then(|method| needed(&method, path));
            if let (Some(scope), Value::Object(operation)) = (scope, operation) {
                remark(
                    operation,
                    &format!("A key of staff needs the scope `{scope}`."),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::http::documented::DocumentedPaths;

    /// The method and the path of every operation of the operator's document.
    fn documented() -> BTreeSet<(String, String)> {
        let document: Value = serde_json::from_str(&super::super::document()).unwrap();
        let mut found = BTreeSet::new();
        for path in DocumentedPaths::of(&document).iter() {
            let template = path.template.strip_prefix(PREFIX).unwrap();
            for operation in &path.operations {
                found.insert((operation.method.to_string(), template.to_owned()));
            }
        }
        found
    }

    #[test]
    fn every_operation_has_exactly_one_scope_and_the_table_names_no_other() {
        let mut listed = BTreeSet::new();
        for (scope, operations) in OPERATIONS {
            for (method, path) in operations {
                let row = ((*method).to_owned(), (*path).to_owned());
                assert!(
                    listed.insert(row),
                    "{method} {path} is there twice: {scope}"
                );
            }
        }
        let documented = documented();
        let missing: Vec<_> = documented.difference(&listed).collect();
        let unknown: Vec<_> = listed.difference(&documented).collect();
        assert!(
            missing.is_empty() && unknown.is_empty(),
            "{missing:?} {unknown:?}"
        );
    }

    #[test]
    fn reading_needs_reading_and_nothing_else_does() {
        for (scope, operations) in OPERATIONS {
            for (method, path) in operations {
                // Confirming who one is changes the session alone, and no key can.
                // Everything about one person is more than whoever reads the panel needs.
                let is_all = *path == "/accounts/{account_id}/export";
                let reads = (*method == "GET" && !is_all) || *path == "/me/confirm";
                assert_eq!(reads, scope == Scope::Read, "{method} {path}");
            }
        }
        let scopes: Vec<Scope> = OPERATIONS.iter().map(|(scope, _)| *scope).collect();
        assert_eq!(
            scopes,
            crate::accounts::Scopes::OF_STAFF.each().collect::<Vec<_>>()
        );
    }

    #[test]
    fn the_scope_is_that_of_the_route_that_answers() {
        for (method, path, scope) in [
            (Method::GET, "/operator/v1/services/7", Some(Scope::Read)),
            (Method::HEAD, "/operator/v1/services/7", Some(Scope::Read)),
            (
                Method::POST,
                "/operator/v1/services/order",
                Some(Scope::Catalogue),
            ),
            (
                Method::POST,
                "/operator/v1/accounts/7/credit",
                Some(Scope::Money),
            ),
            (
                Method::POST,
                "/operator/v1/accounts/7/suspend",
                Some(Scope::Accounts),
            ),
            (
                Method::POST,
                "/operator/v1/accounts/7/suspend/",
                Some(Scope::Accounts),
            ),
            (Method::POST, "/operator/v1/accounts/suspend", None),
            (Method::DELETE, "/operator/v1/accounts/7", None),
            (Method::GET, "/api/v3/orders", None),
        ] {
            assert_eq!(needed(&method, path), scope, "{method} {path}");
        }
    }
}
