//! Mail: passwords that are forgotten, people who are invited, accounts that are opened, addresses that
//! are changed; by a real mail server on this machine.

use harness::smtp::{MailServer, PUBLIC, Taken, send_by};
use harness::{HOUR, Reply, TestPanel, texts};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use smm_panel_server::accounts::{self, Email, NewPassword, NewPerson};
use smm_panel_server::actor::{Actor, Role};
use smm_panel_server::audit;
use smm_panel_server::config::Config;
use smm_panel_server::ids::AccountId;

mod addresses;
mod alerts;
mod hired;
mod operators;
mod resets;
mod sending;
mod sign_ups;

const ANN: &str = "ann@example.com";
const PASSWORD: &str = "correct horse battery";
const OTHER: &str = "staple battery horse";

/// A panel that sends its mail to a server of this machine.
struct Post {
    panel: TestPanel,
    server: MailServer,
}

impl Post {
    async fn open() -> Post {
        Post::open_with(|_| {}).await
    }

    async fn open_with(change: impl FnOnce(&mut Config)) -> Post {
        let server = MailServer::start().await;
        let address = server.address;
        let panel = TestPanel::start_with(|config| {
            send_by(config, address);
            change(config);
        })
        .await;
        Post { panel, server }
    }

    /// Does what is due, and gives the mails that were sent.
    async fn mails(&self) -> Vec<Taken> {
        self.panel.work().await;
        self.server.take()
    }

    /// The same where there is one.
    async fn mail(&self) -> Taken {
        self.panel.work().await;
        self.server.take_one()
    }

    async fn ask_reset(&self, email: &str) -> Reply {
        let body = json!({"email": email});
        post(&self.panel, "", "/password/reset", body).await
    }

    /// The link by which the password of this address is chosen.
    async fn reset_link(&self, email: &str) -> String {
        assert_eq!(self.ask_reset(email).await.status, 202);
        let mail = self.mail().await;
        assert_eq!(mail.to, email);
        mail.link().unwrap_or_else(|| panic!("{mail:?}"))
    }

    async fn finish(self) {
        self.panel.finish().await;
    }
}

/// Opens an account by a command.
async fn person(panel: &TestPanel, role: Role, email: &str) -> AccountId {
    let new = NewPerson {
        role,
        email: Email::parse(email).unwrap(),
        password: NewPassword::checked("password", SecretString::from(PASSWORD)).unwrap(),
        name: Some(email.split('@').next().unwrap().to_owned()),
    };
    accounts::register(&panel.panel, &Actor::command(), new)
        .await
        .unwrap()
}

async fn post(panel: &TestPanel, token: &str, path: &str, body: Value) -> Reply {
    let path = format!("/api/v3/account{path}");
    panel.ask(token, Method::POST, &path, Some(body)).await
}

/// Signs in; gives the session, or the code of the refusal.
async fn try_sign_in(panel: &TestPanel, email: &str, password: &str) -> Result<String, String> {
    let reply = post(
        panel,
        "",
        "/sign-in",
        json!({"email": email, "password": password}),
    )
    .await;
    let text = |field: &str| reply.json()[field].as_str().unwrap().to_owned();
    match reply.status {
        200 => Ok(text("token")),
        _ => Err(text("code")),
    }
}

/// Whether a session or key is good for reading.
async fn is_good(panel: &TestPanel, token: &str) -> bool {
    let reply = panel.ask(token, Method::GET, "/api/v3/account", None).await;
    assert!([200, 401].contains(&reply.status), "{}", reply.body);
    reply.status == 200
}

fn url(panel: &TestPanel, path: &str) -> String {
    panel.url.replace("/api/v2", path)
}

/// Reads the page of a link.
async fn read(panel: &TestPanel, link: &str) -> Reply {
    panel.send(panel.http().get(url(panel, link))).await
}

/// Sends the form of a link.
async fn send(panel: &TestPanel, link: &str, password: &str) -> Reply {
    let form = [("password", password)];
    panel
        .send(panel.http().post(url(panel, link)).form(&form))
        .await
}

/// The code of a refusal, with its status.
fn refused(reply: &Reply) -> (u16, String) {
    (
        reply.status,
        reply.json()["code"].as_str().unwrap().to_owned(),
    )
}

/// The deeds in the audit log on this account, oldest first.
async fn deeds(panel: &TestPanel, account: AccountId) -> Vec<String> {
    let sql =
        format!("SELECT action FROM audit_log WHERE subject = 'account:{account}' ORDER BY id");
    texts(panel, &sql).await
}

/// Checks every invariant, and the audit log.
async fn check(panel: &TestPanel) {
    panel.check().await;
    let verdict = audit::verify(&panel.panel.db, &panel.panel.secrets, None)
        .await
        .unwrap();
    assert_eq!(verdict.broken, None);
}

/// Looks for a text in everything that the database holds.
async fn is_stored(panel: &TestPanel, text: &str) -> bool {
    if panel.panel.config.database_url.is_sqlite() {
        let files = std::fs::read_dir(panel.folder().path()).unwrap();
        let mut found = false;
        for file in files {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            found |= bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes());
        }
        return found;
    }
    let sql = "SELECT CAST(table_name AS TEXT) FROM information_schema.tables \
               WHERE table_schema = current_schema()";
    for table in texts(panel, sql).await {
        let sql =
            format!("SELECT COALESCE(string_agg(CAST(t AS TEXT), ' '), '') FROM \"{table}\" t");
        if texts(panel, &sql).await[0].contains(text) {
            return true;
        }
    }
    false
}
