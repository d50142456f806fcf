//! `/link/TOKEN`: the pages that links in mails lead to. Reading one does nothing, because mail scanners
//! read links too; what it is for is done by its form, which needs no script.

use std::borrow::Cow;

use html_escape::encode_text;
use poem::http::{Method, StatusCode, header};
use poem::{Endpoint, Request, Response};
use secrecy::SecretString;
use url::form_urlencoded;

use super::address::client_address;
use super::body::{self, NotRead};
use super::limited;
use crate::accounts::{self, Behind, Followed, LinkKind};
use crate::error::{Error, Refusal};
use crate::limits::Denied;
use crate::panel::Panel;

/// The largest form, in bytes: a password has at most 256, each written as three characters.
const MAX_BODY: usize = 4 * 1024;

/// Nothing but the style sheet, and a form that is sent here.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// Serves links.
pub(super) struct Links {
    pub(super) panel: Panel,
}

impl Endpoint for Links {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let address = client_address(&request, &self.panel.config.trusted_proxies);
        if let Err(denied) = self.panel.limits.address(address) {
            return Ok(self.denied(&denied, StatusCode::TOO_MANY_REQUESTS));
        }
        let token = request
            .raw_path_param("token")
            .unwrap_or_default()
            .to_owned();
        // The server leaves out the body where the method is HEAD.
        let answered = match *request.method() {
            Method::GET | Method::HEAD => self.show(&token, "").await,
            Method::POST => match body::read(&self.panel, &mut request, address, MAX_BODY).await {
                Ok(body) => {
                    let password = password_of(&body.bytes);
                    self.follow(&token, address, password).await
                }
                Err(NotRead::TooLarge) => {
                    let text = "<p>That was too much: go back and try again.</p>";
                    Ok(page(StatusCode::PAYLOAD_TOO_LARGE, "Too much", text))
                }
                Err(NotRead::Denied(denied)) => {
                    return Ok(self.denied(&denied, StatusCode::SERVICE_UNAVAILABLE));
                }
            },
            _ => {
                let mut response = page(StatusCode::METHOD_NOT_ALLOWED, "Not so", "");
                let allowed = header::HeaderValue::from_static("GET, HEAD, POST");
                response.headers_mut().insert(header::ALLOW, allowed);
                Ok(response)
            }
        };
        Ok(answered.unwrap_or_else(|fault| {
            tracing::error!(face = "links", error = %fault, "a link was not followed");
            let text =
                "<p>Something is wrong here. The link is as good as before: try again later.</p>";
            page(StatusCode::SERVICE_UNAVAILABLE, "Try again later", text)
        }))
    }
}

impl Links {
    /// The form of a link, with what was wrong with it when it was last sent.
    async fn show(&self, token: &str, wrong: &str) -> Result<Response, Error> {
        let Some(behind) = accounts::look(&self.panel, token).await? else {
            return Ok(gone());
        };
        let status = match wrong {
            "" => StatusCode::OK,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Ok(form(status, &behind, wrong))
    }

    async fn follow(
        &self,
        token: &str,
        from: Option<std::net::IpAddr>,
        password: Option<SecretString>,
    ) -> Result<Response, Error> {
        let refusal = match accounts::follow(&self.panel, from, token, password).await {
            Ok(followed) => return Ok(done(followed)),
            Err(Error::Refused(refusal)) => refusal,
            Err(fault) => return Err(fault),
        };
        if matches!(refusal, Refusal::Unknown { .. }) {
            return Ok(gone());
        }
        let Refusal::TooManyAttempts { retry_after_s } = &refusal else {
            return self.show(token, &refusal.to_string()).await;
        };
        let text = format!("<p>{}.</p>", encode_text(&capital(&refusal.to_string())));
        let mut response = page(StatusCode::TOO_MANY_REQUESTS, "Too often", &text);
        let seconds = header::HeaderValue::from(*retry_after_s);
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
        Ok(response)
    }

    /// The answer to a request that is not looked at now.
    fn denied(&self, denied: &Denied, status: StatusCode) -> Response {
        self.panel.metrics.limited(denied.layer());
        let text = "<p>There is too much to do at the moment: try again in a minute.</p>";
        let mut response = page(status, "Try again later", text);
        limited::show_denied(denied, response.headers_mut());
        response
    }
}

/// The field `password` of a form.
fn password_of(form: &[u8]) -> Option<SecretString> {
    let mut fields = form_urlencoded::parse(form);
    let found = fields.find(|(name, _)| name == "password");
    found.map(|(_, value)| SecretString::from(value.into_owned()))
}

fn form(status: StatusCode, behind: &Behind, wrong: &str) -> Response {
    let email = encode_text(&behind.email);
    let (title, about, fields, button) = match behind.kind {
        LinkKind::Reset => (
            "Choose a new password",
            format!(
                "For the account of {email}. All its sessions end; its API keys go on, unless \
                 nobody has shown yet that they read the mail of this address."
            ),
            NEW_PASSWORD,
            "Use this password",
        ),
        LinkKind::Invitation => (
            "Choose your password",
            format!("An account was opened for you; you sign in with {email}."),
            NEW_PASSWORD,
            "Use this password",
        ),
        LinkKind::SignUp => (
            "Open your account",
            format!("You sign in with {email}. Say the password that you chose for it."),
            KNOWN_PASSWORD,
            "Open the account",
        ),
        LinkKind::ConfirmAddress => (
            "Use this address",
            format!("You sign in with {email} from then on. Say the password of your account."),
            KNOWN_PASSWORD,
            "Use this address",
        ),
        LinkKind::RestoreAddress => (
            "Put your address back",
            format!("{email} becomes the address of your account again, and all sessions end."),
            "",
            "Put it back",
        ),
    };
    let wrong: Cow<'_, str> = match wrong {
        "" => "".into(),
        wrong => format!(
            "<p role=\"alert\"><strong>{}.</strong></p>",
            encode_text(&capital(wrong))
        )
        .into(),
    };
    let text = format!(
        "<p>{about}</p>{wrong}<form method=\"post\">{fields}\
         <p class=\"actions\"><button class=\"button\" type=\"submit\">{button}</button></p></form>"
    );
    page(status, title, &text)
}

const NEW_PASSWORD: &str = "<p><label for=\"password\">The new password, of at least 12 characters\
     </label></p><p><input id=\"password\" name=\"password\" type=\"password\" \
     autocomplete=\"new-password\" minlength=\"12\" maxlength=\"256\" required></p>";

const KNOWN_PASSWORD: &str = "<p><label for=\"password\">Your password</label></p><p>\
     <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" \
     maxlength=\"256\" required></p>";

fn done(followed: Followed) -> Response {
    let (title, text) = match followed {
        Followed::PasswordChosen => (
            "Your password is set",
            "<p>You can sign in with it now.</p>",
        ),
        Followed::AccountOpened => ("Your account is open", "<p>You can sign in now.</p>"),
        Followed::AddressConfirmed => (
            "Your address is changed",
            "<p>You sign in with it from now on.</p>",
        ),
        Followed::AddressRestored => (
            "Your address is back",
            "<p>All sessions have ended. Somebody may know your password: ask for a new one now.</p>",
        ),
    };
    page(StatusCode::OK, title, text)
}

/// For a link that is unknown, was used, or is over: it is not told which.
fn gone() -> Response {
    let text = "<p>This link was used already, or its time is over. Ask for a new one.</p>";
    page(
        StatusCode::NOT_FOUND,
        "This link is not good any more",
        text,
    )
}

fn capital(sentence: &str) -> String {
    let mut rest = sentence.chars();
    rest.next()
        .map(|first| first.to_uppercase().chain(rest).collect())
        .unwrap_or_default()
}

fn page(status: StatusCode, title: &str, text: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"../style.css\">\n\
         </head>\n<body>\n<main class=\"page\">\n<h1>{title}</h1>\n<section>{text}</section>\n\
         </main>\n</body>\n</html>\n"
    );
    Response::builder()
        .status(status)
        .content_type("text/html; charset=utf-8")
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::REFERRER_POLICY, "no-referrer")
        .header(header::CACHE_CONTROL, "no-store")
        .body(html)
}
