//! The panel that the examples are taken from, and who works there.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Display;

use harness::smtp::{MailServer, send_by};
use harness::{ANYWHERE, HOUR, MINUTE, Reply, TestPanel, key, use_gateway};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use smm_panel_server::accounts::{self, Email, NewPassword, NewPerson};
use smm_panel_server::actor::{Actor, Role};
use smm_panel_server::demo::gateway::SimulatedGateway;
use smm_panel_server::demo::provider::SimulatedProvider;
use smm_panel_server::ids::AccountId;

use super::masks::Masks;

/// Everybody's password.
pub(super) const PASSWORD: &str = "correct horse battery staple";

/// So many entries of a list are shown at most: they say what an entry looks like.
const SHOWN: usize = 5;

/// How long people take from one request to the next, in ms.
const PAUSE: i64 = 11_000;

/// Somebody who works for the panel.
pub(super) struct Member {
    email: &'static str,
    pub(super) key: String,
}

/// What was taken.
pub(super) struct Taken {
    /// Method and path of each operation of the typed APIs.
    pub(super) operations: BTreeMap<String, (Method, String)>,
    /// The examples of operations.
    pub(super) examples: BTreeMap<String, Value>,
}

/// A panel with all that it talks to.
pub(super) struct Scene {
    pub(super) panel: TestPanel,
    pub(super) gateway: SimulatedGateway,
    pub(super) second: SimulatedProvider,
    pub(super) olga: Member,
    pub(super) otto: Member,
    pub(super) sue: Member,
    mails: MailServer,
    operations: BTreeMap<String, (Method, String)>,
    examples: RefCell<BTreeMap<String, Value>>,
    pub(super) masks: RefCell<Masks>,
}

async fn member(panel: &TestPanel, role: Role, name: &str, email: &'static str) -> Member {
    let new = NewPerson {
        role,
        email: Email::parse(email).unwrap(),
        password: NewPassword::checked("password", SecretString::from(PASSWORD)).unwrap(),
        name: Some(name.to_owned()),
    };
    let hired = accounts::register(&panel.panel, &Actor::command(), new).await;
    let key = key(&panel.panel, hired.unwrap()).await;
    Member { email, key }
}

/// The operations of the typed APIs, as the panel's own document has them.
async fn operations(panel: &TestPanel) -> BTreeMap<String, (Method, String)> {
    let reply = panel.ask("", Method::GET, "/openapi.json", None).await;
    let mut found = BTreeMap::new();
    for (path, item) in reply.json()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap().to_owned();
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            found.insert(name, (method, path.clone()));
        }
    }
    found.retain(|_, (_, path)| path != "/api/v2");
    found
}

impl Scene {
    pub(super) async fn open() -> Scene {
        let gateway = SimulatedGateway::start(ANYWHERE).await.unwrap();
        let mails = MailServer::start().await;
        let panel = TestPanel::start_with(|config| {
            use_gateway(config, &gateway.url());
            send_by(config, mails.address);
            config.public_url = Some("https://panel.example".parse().unwrap());
            config.phrase_second_person_usd = 1;
        })
        .await;
        let second = SimulatedProvider::start(panel.clock.clone(), ANYWHERE).await;
        panel.advance(9 * HOUR + 12 * MINUTE);
        let scene = Scene {
            olga: member(&panel, Role::Operator, "Olga", "olga@panel.example").await,
            otto: member(&panel, Role::Operator, "Otto", "otto@panel.example").await,
            sue: member(&panel, Role::Support, "Sue", "sue@panel.example").await,
            operations: operations(&panel).await,
            second: second.unwrap(),
            examples: RefCell::default(),
            masks: RefCell::default(),
            panel,
            gateway,
            mails,
        };
        for token in [
            &scene.panel.key,
            &scene.olga.key,
            &scene.otto.key,
            &scene.sue.key,
        ] {
            scene.masks.borrow_mut().hide_token(token);
        }
        let gateway = scene.gateway.url().replace("/v1", "");
        scene.hide(&gateway, "https://pay.example");
        let (first, second) = (scene.panel.provider.url(), scene.second.url());
        scene.hide(&first, "https://wholesale.example/api/v2");
        scene.hide(&second, "https://smm-source.example/api/v2");
        let counts = scene.panel.provider.count_source();
        scene.hide(&counts, "https://counts.example/?link={link}");
        scene
    }

    /// Shows something else in the place of what differs from run to run.
    pub(super) fn hide(&self, secret: &str, shown: &str) {
        self.masks.borrow_mut().hide(secret, shown);
    }

    /// Sends the request of an operation. `at` are the parameters of its path, in order and separated by
    /// `/`, and the query.
    pub(super) async fn send(&self, name: &str, token: &str, at: &str, body: &Value) -> Reply {
        let (method, path) = self.operations[name].clone();
        let (ids, query) = at.split_once('?').map_or((at, None), |(a, b)| (a, Some(b)));
        let mut path = path;
        for id in ids.split('/').filter(|id| !id.is_empty()) {
            let (begin, end) = (path.find('{').unwrap(), path.find('}').unwrap());
            path.replace_range(begin..=end, id);
        }
        assert!(!path.contains('{'), "{name}: {path}");
        if let Some(query) = query {
            path = format!("{path}?{query}");
        }
        let body = (!body.is_null()).then(|| body.clone());
        self.panel.advance(PAUSE);
        let reply = self.panel.ask(token, method, &path, body.clone()).await;
        assert!(
            reply.status < 300,
            "{name} {path} {}: {} {}",
            json!(body),
            reply.status,
            reply.body
        );
        if let Ok(answer) = serde_json::from_str(&reply.body) {
            self.masks.borrow_mut().hide_secrets(&answer);
        }
        reply
    }

    /// Does something that is no example.
    pub(super) async fn does(&self, name: &str, token: &str, at: &str, body: Value) -> Value {
        self.send(name, token, at, &body).await.json()
    }

    /// Does something, which is the example of the operation.
    pub(super) async fn takes(
        &self,
        name: &str,
        token: &str,
        at: impl Display,
        body: Value,
    ) -> Value {
        let reply = self.send(name, token, &at.to_string(), &body).await;
        self.keep(name, body, &reply);
        reply.json()
    }

    /// Keeps an example.
    pub(super) fn keep(&self, name: &str, request: Value, reply: &Reply) {
        let mut example = json!({});
        if !request.is_null() {
            example["request"] = request;
        }
        let mut answer = reply.json();
        shorten(&mut answer);
        example["response"] = json!({"status": reply.status, "body": answer});
        let before = self.examples.borrow_mut().insert(name.to_owned(), example);
        assert!(before.is_none(), "{name} is taken twice");
    }

    /// Signs in; gives the session.
    pub(super) async fn sign_in(&self, email: &str, password: &str) -> String {
        let with = json!({"email": email, "password": password});
        let session = self.does("account_sign_in", "", "", with).await;
        session["token"].as_str().unwrap().to_owned()
    }

    /// A session of Olga that is confirmed.
    pub(super) async fn desk(&self) -> String {
        self.sign_in(self.olga.email, PASSWORD).await
    }

    /// Opens the link that was mailed to somebody last, with a password.
    pub(super) async fn opens_mailed_link(&self, email: &str, password: &str) {
        self.panel.work().await;
        let mails = self.mails.take();
        let last = mails.iter().rev().find(|mail| mail.to == email).unwrap();
        let begin = last.text.find("https://panel.example").unwrap();
        let link = last.text[begin..].split_whitespace().next().unwrap();
        let path = link.strip_prefix("https://panel.example").unwrap();
        let url = self.panel.url.replace("/api/v2", path);
        let form = [("password", password)];
        let request = self.panel.http().post(url).form(&form);
        let reply = self.panel.send(request).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
    }

    /// Lets minutes pass, all at once, and does what is due then.
    pub(super) async fn later(&self, ms: i64) {
        self.panel.advance(ms);
        self.panel.work().await;
    }

    /// Ends the panel; gives what was taken.
    pub(super) async fn finish(self) -> Taken {
        let masks = self.masks.into_inner();
        let examples = self.examples.into_inner();
        let examples = masks.applied(&examples).into_iter().collect();
        self.gateway.stop().await;
        self.panel.finish().await;
        self.second.stop().await;
        Taken {
            operations: self.operations,
            examples,
        }
    }
}

/// Cuts lists.
fn shorten(value: &mut Value) {
    match value {
        Value::Array(list) => {
            list.truncate(SHOWN);
            list.iter_mut().for_each(shorten);
        }
        Value::Object(object) => object.values_mut().for_each(shorten),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The number in a field.
pub(super) fn number(json: &Value, pointer: &str) -> i64 {
    let number = json.pointer(pointer).and_then(Value::as_i64);
    number.unwrap_or_else(|| panic!("no {pointer}: {json}"))
}

/// The text in a field.
pub(super) fn text(json: &Value, pointer: &str) -> String {
    let text = json.pointer(pointer).and_then(Value::as_str);
    text.unwrap_or_else(|| panic!("no {pointer}: {json}"))
        .to_owned()
}

/// The number of somebody.
pub(super) async fn account(panel: &TestPanel, name: &str) -> AccountId {
    let sql = format!("SELECT CAST(id AS TEXT) FROM accounts WHERE name = '{name}'");
    AccountId(harness::texts(panel, &sql).await[0].parse().unwrap())
}
