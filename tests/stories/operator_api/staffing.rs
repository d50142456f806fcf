//! The people who run the panel: hired, given another role or password, removed.

use harness::START;
use secrecy::SecretString;
use smm_panel_server::accounts::{self, Email, NewPassword, NewPerson};
use smm_panel_server::actor::Actor;
use totp_rs::{Builder, Secret};

use super::*;

pub(super) const PASSWORD: &str = "correct horse battery";
const OTHER: &str = "staple battery horse";

/// Hires somebody who signs in; gives their number.
pub(super) async fn hire(panel: &TestPanel, role: Role, email: &str) -> i64 {
    let new = NewPerson {
        role,
        email: Email::parse(email).unwrap(),
        password: NewPassword::checked("password", SecretString::from(PASSWORD)).unwrap(),
        name: Some(email.split('@').next().unwrap().to_owned()),
    };
    let hired = accounts::register(&panel.panel, &Actor::command(), new).await;
    hired.unwrap().0
}

pub(super) async fn try_sign_in(panel: &TestPanel, email: &str, password: &str) -> Reply {
    let with = json!({"email": email, "password": password});
    panel
        .ask("", Method::POST, "/api/v3/account/sign-in", Some(with))
        .await
}

pub(super) async fn sign_in(panel: &TestPanel, email: &str) -> String {
    let reply = try_sign_in(panel, email, PASSWORD).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()["token"].as_str().unwrap().to_owned()
}

/// A panel with two operators and a supporter who sign in.
struct Office {
    panel: TestPanel,
    olga: (i64, String),
    otto: (i64, String),
    sue: (i64, String),
}

impl Office {
    async fn open() -> Office {
        let panel = TestPanel::start().await;
        let mut staff = Vec::new();
        for (role, email) in [
            (Role::Operator, "olga@x.test"),
            (Role::Operator, "otto@x.test"),
            (Role::Support, "sue@x.test"),
        ] {
            let id = hire(&panel, role, email).await;
            staff.push((id, sign_in(&panel, email).await));
        }
        let [olga, otto, sue] = <[_; 3]>::try_from(staff).unwrap();
        Office {
            panel,
            olga,
            otto,
            sue,
        }
    }

    /// Does it as Olga.
    async fn does(&self, who: i64, what: &str, body: Value) -> Reply {
        let path = format!("/staff/{who}/{what}");
        ask_as(&self.panel, &self.olga.1, Method::POST, &path, Some(body)).await
    }

    /// Whether this token is good for anything.
    async fn is_good(&self, token: &str) -> bool {
        let me = ask_as(&self.panel, token, Method::GET, "/me", None).await;
        assert!([200, 401].contains(&me.status), "{}", me.body);
        me.status == 200
    }

    /// A key of the account.
    async fn key(&self, account: i64) -> String {
        harness::key(&self.panel.panel, smm_panel_server::ids::AccountId(account)).await
    }

    /// The deeds of which the account is the subject, newest first, with who did them and what was
    /// and became.
    async fn told(&self, account: i64) -> Vec<String> {
        let sql = format!(
            "SELECT actor || ' ' || action || ' ' || COALESCE(reason, '-') || ' ' || \
             COALESCE(was, '-') || ' ' || COALESCE(became, '-') FROM audit_log \
             WHERE subject = 'account:{account}' ORDER BY id DESC"
        );
        texts(&self.panel, &sql).await
    }
}

#[apply(story)]
async fn somebody_who_is_removed_is_out_at_once_and_stays_in_the_log_by_name() {
    let office = Office::open().await;
    let (sue, session) = office.sue.clone();
    let key = office.key(sue).await;
    let body = json!({"reason": "left the company"});
    for (token, code) in [(&session, "forbidden"), (&office.panel.key, "forbidden")] {
        let path = format!("/staff/{}/remove", office.otto.0);
        let reply = ask_as(
            &office.panel,
            token,
            Method::POST,
            &path,
            Some(body.clone()),
        )
        .await;
        assert_eq!(refused(&reply), (403, code.to_owned()));
    }
    assert!(office.is_good(&session).await && office.is_good(&key).await);
    let removed = office.does(sue, "remove", body.clone()).await;
    assert_eq!(removed.status, 200, "{}", removed.body);
    assert_eq!(
        removed.json(),
        json!({
            "account_id": sue, "name": "sue", "email": "sue@x.test", "role": "support",
            "signs_in": false, "totp": false, "created_at": START.to_string(),
            "removed_at": START.to_string(),
        })
    );
    assert!(!office.is_good(&session).await && !office.is_good(&key).await);
    let in_vain = try_sign_in(&office.panel, "sue@x.test", PASSWORD).await;
    assert_eq!(refused(&in_vain), (401, "sign_in_failed".to_owned()));
    let again = office.does(sue, "remove", body).await;
    assert_eq!(refused(&again), (404, "object_unknown".to_owned()));

    // Who she was can be read for ever.
    let olga = office.olga.0;
    assert_eq!(
        office.told(sue).await[0].clone(),
        format!(
            "operator:{olga} staff_removed left the company \
             {{\"name\":\"sue\",\"email\":\"sue@x.test\",\"role\":\"support\"}} \
             {{\"removed\":true,\"revoked_keys\":1}}"
        )
    );
    let token = &office.olga.1;
    let gone = ask_as(
        &office.panel,
        token,
        Method::GET,
        "/staff?removed=true",
        None,
    )
    .await;
    assert_eq!(gone.json()["staff"][0]["name"], "sue");
    let staff = ask_as(&office.panel, token, Method::GET, "/staff", None).await;
    assert_eq!(staff.json()["staff"].as_array().unwrap().len(), 2);
    let path = format!("/accounts/{sue}");
    let kept = ask_as(&office.panel, token, Method::GET, &path, None)
        .await
        .json();
    assert_eq!(kept["removed_at"], START.to_string());
    assert!(
        kept["name"].as_str().unwrap().starts_with("sue (removed "),
        "{kept}"
    );
    let rename = Some(json!({"name": "somebody"}));
    let no = ask_as(&office.panel, token, Method::PATCH, &path, rename).await;
    assert_eq!(refused(&no), (409, "state_conflict".to_owned()));

    // The name and the address can be hired again, twice at the same moment of the clock.
    let mut last = sue;
    for _ in 0..2 {
        let new = json!({
            "email": "Sue@x.test", "name": "sue", "role": "support", "password": PASSWORD,
        });
        let hired = ask_as(&office.panel, token, Method::POST, "/staff", Some(new)).await;
        assert_eq!(hired.status, 201, "{}", hired.body);
        let id = hired.json()["account_id"].as_i64().unwrap();
        assert!(id > last, "{}", hired.body);
        last = id;
        assert!(
            office
                .is_good(&sign_in(&office.panel, "sue@x.test").await)
                .await
        );
        let body = json!({"reason": "again"});
        assert_eq!(office.does(id, "remove", body).await.status, 200);
    }
    office.panel.finish().await;
}

#[apply(story)]
async fn a_role_a_password_and_codes_are_changed_and_what_was_signed_in_ends() {
    let office = Office::open().await;
    let (sue, session) = office.sue.clone();
    let role = json!({"role": "operator", "reason": "promoted"});
    let changed = office.does(sue, "role", role.clone()).await;
    assert_eq!(
        (changed.status, &changed.json()["role"]),
        (200, &json!("operator")),
        "{}",
        changed.body
    );
    assert!(!office.is_good(&session).await);
    let again = office.does(sue, "role", role).await;
    assert_eq!(refused(&again), (409, "state_conflict".to_owned()));
    let customer = json!({"role": "reseller", "reason": "x"});
    let no = office.does(sue, "role", customer).await;
    assert_eq!(no.json()["details"]["field"], "role", "{}", no.body);

    let session = sign_in(&office.panel, "sue@x.test").await;
    let key = office.key(sue).await;
    let password = json!({"password": OTHER, "reason": "forgotten"});
    let set = office.does(sue, "password", password).await;
    assert_eq!(set.status, 200, "{}", set.body);
    assert!(!office.is_good(&session).await && !office.is_good(&key).await);
    assert_eq!(
        try_sign_in(&office.panel, "sue@x.test", PASSWORD)
            .await
            .status,
        401
    );
    let session = try_sign_in(&office.panel, "sue@x.test", OTHER).await.json();
    let session = session["token"].as_str().unwrap().to_owned();

    let seed = office
        .panel
        .ask(&session, Method::POST, "/api/v3/account/totp", None)
        .await;
    let secret = Secret::try_from_base32(seed.json()["secret"].as_str().unwrap()).unwrap();
    let codes = Builder::new().with_secret(secret).build().unwrap();
    let seconds = u64::try_from(office.panel.panel.now().ms() / 1_000).unwrap();
    let code = json!({"code": codes.generate(seconds).to_string()});
    let on = office
        .panel
        .ask(
            &session,
            Method::POST,
            "/api/v3/account/totp/confirm",
            Some(code),
        )
        .await;
    assert_eq!(on.status, 200, "{}", on.body);
    let no = try_sign_in(&office.panel, "sue@x.test", OTHER).await;
    assert_eq!(refused(&no), (401, "totp_required".to_owned()));
    // A new password leaves the codes as they are.
    let password = json!({"password": PASSWORD, "reason": "forgotten"});
    assert_eq!(
        office.does(sue, "password", password).await.json()["totp"],
        true
    );
    let no = try_sign_in(&office.panel, "sue@x.test", PASSWORD).await;
    assert_eq!(refused(&no), (401, "totp_required".to_owned()));
    let reason = json!({"reason": "lost the telephone"});
    let off = office.does(sue, "totp/reset", reason.clone()).await;
    assert_eq!(
        (off.status, &off.json()["totp"]),
        (200, &json!(false)),
        "{}",
        off.body
    );
    assert!(
        office
            .is_good(&sign_in(&office.panel, "sue@x.test").await)
            .await
    );
    let again = office.does(sue, "totp/reset", reason).await;
    assert_eq!(refused(&again), (409, "state_conflict".to_owned()));
    let told = office.told(sue).await;
    let deeds: Vec<&str> = told
        .iter()
        .map(|one| one.split(' ').nth(1).unwrap())
        .collect();
    let of_staff: Vec<&&str> = deeds
        .iter()
        .filter(|deed| deed.starts_with("staff_"))
        .collect();
    assert_eq!(
        of_staff,
        [
            &"staff_totp_reset",
            &"staff_password_set",
            &"staff_password_set",
            &"staff_role_changed"
        ]
    );
    assert!(told.iter().all(|one| !one.contains(OTHER)), "{told:?}");
    office.panel.finish().await;
}

#[apply(story)]
async fn the_last_operator_who_can_sign_in_is_neither_removed_nor_demoted() {
    let office = Office::open().await;
    // A key alone is nobody who signs in.
    staff(&office.panel.panel, Role::Operator, "robot").await;
    let (olga, otto) = (office.olga.0, office.otto.0);
    let reason = json!({"reason": "x"});
    assert_eq!(
        office.does(otto, "remove", reason.clone()).await.status,
        200
    );
    let demote = json!({"role": "support", "reason": "x"});
    for (what, body) in [("remove", reason), ("role", demote)] {
        let no = office.does(olga, what, body).await;
        assert_eq!(refused(&no), (409, "state_conflict".to_owned()));
        let said = no.json()["message"].as_str().unwrap().to_owned();
        assert!(
            said.contains("(olga) there would be no operator who can sign in"),
            "{said}"
        );
    }
    // Nobody changes their own password so, nor turns their own codes off.
    for (what, body) in [
        ("password", json!({"password": OTHER, "reason": "x"})),
        ("totp/reset", json!({"reason": "x"})),
    ] {
        let no = office.does(olga, what, body).await;
        assert_eq!(refused(&no), (409, "state_conflict".to_owned()), "{what}");
    }
    // With another one she may go.
    let promote = json!({"role": "operator", "reason": "x"});
    assert_eq!(office.does(office.sue.0, "role", promote).await.status, 200);
    let demote = json!({"role": "support", "reason": "x"});
    assert_eq!(office.does(olga, "role", demote).await.status, 200);
    assert!(!office.is_good(&office.olga.1).await);
    office.panel.finish().await;
}

#[apply(story_on_threads)]
async fn of_two_operators_who_remove_each_other_at_once_one_remains() {
    for round in 0..4 {
        let office = Office::open().await;
        let each = |token: &str, who: i64, what: &str, body: Value| {
            let (path, token) = (format!("/staff/{who}/{what}"), token.to_owned());
            let panel = &office.panel;
            async move { ask_as(panel, &token, Method::POST, &path, Some(body)).await }
        };
        let demote = json!({"role": "support", "reason": "x"});
        let (what, body) = match round % 2 {
            0 => ("remove", json!({"reason": "x"})),
            _ => ("role", demote),
        };
        let (one, two) = tokio::join!(
            each(
                &office.olga.1,
                office.otto.0,
                "remove",
                json!({"reason": "x"})
            ),
            each(&office.otto.1, office.olga.0, what, body)
        );
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        // Who comes second is out already, or is told that nobody would be left.
        assert!(
            statuses[0] == 200 && [401, 403, 409].contains(&statuses[1]),
            "{one:?} {two:?}"
        );
        let left = "SELECT name FROM accounts WHERE role = 'operator' AND removed_at_ms IS NULL";
        assert_eq!(texts(&office.panel, left).await.len(), 1);
        office.panel.finish().await;
    }
}

#[apply(story_on_threads)]
async fn nobody_comes_in_by_the_old_password_while_a_new_one_is_set() {
    let office = Office::open().await;
    let sue = office.sue.0;
    for round in 0..4 {
        let (old, new) = if round % 2 == 0 {
            (PASSWORD, OTHER)
        } else {
            (OTHER, PASSWORD)
        };
        let body = json!({"password": new, "reason": "stolen"});
        let (set, old_one) = tokio::join!(
            office.does(sue, "password", body),
            try_sign_in(&office.panel, "sue@x.test", old)
        );
        assert_eq!(set.status, 200, "{}", set.body);
        if old_one.status == 200 {
            let token = old_one.json()["token"].as_str().unwrap().to_owned();
            assert!(!office.is_good(&token).await, "round {round}");
        }
    }
    office.panel.finish().await;
}
