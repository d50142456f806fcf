//! How `status` is spelled. Panels disagree about it, and whoever reads them must understand all;
//! each dialect here is one that running panels speak.

use serde_json::Value;

use crate::protocol::reply::{self, StatusLine};
use crate::protocol::{AskedId, OrderWord, sentence};

/// A way to spell the answers to `status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// As documented: all values strings, many orders as an object keyed by id.
    #[default]
    Standard,
    /// Many orders as a list in the order asked, without their ids.
    PositionalList,
    /// `charge`, `start_count` and `remains` are numbers.
    Numbers,
    /// Words of other panels: `Cancelled`, `Inprogress`, `tasks.status.completed`, ...
    Spellings,
    /// An unknown id among many is a bare string, not an object with `error`.
    BareErrors,
    /// A PHP warning in HTML stands before the JSON.
    PhpWarning,
}

/// What PHP prints before the answer when a panel runs with its warnings shown.
const PHP_WARNING: &str = "<br />\n<b>Warning</b>:  Undefined array key \"start\" in \
    <b>/home/panel/public_html/app/api.php</b> on line <b>214</b><br />\n";

/// What is known of one order.
pub(super) enum Known {
    /// Its state.
    Line(StatusLine),
    /// A scripted text in the order's place.
    Raw(String),
}

impl Dialect {
    /// The answer about one order; `None` is an unknown id.
    pub(super) fn one(self, known: Option<Known>) -> String {
        let body = match known {
            Some(known) => self.object(&known),
            None => reply::error(sentence::INCORRECT_ORDER_ID),
        };
        self.framed(body)
    }

    /// The answer about many orders, in the order asked.
    pub(super) fn many(self, orders: Vec<(AskedId, Option<Known>)>) -> String {
        let listed = self == Dialect::PositionalList;
        let members: Vec<String> = orders
            .into_iter()
            .map(|(id, known)| {
                let value = known.map_or_else(|| self.unknown(), |known| self.object(&known));
                if listed {
                    value
                } else {
                    format!("{}:{value}", Value::String(id.text))
                }
            })
            .collect();
        let members = members.join(",");
        self.framed(if listed {
            format!("[{members}]")
        } else {
            format!("{{{members}}}")
        })
    }

    fn framed(self, body: String) -> String {
        if self == Dialect::PhpWarning {
            format!("{PHP_WARNING}{body}")
        } else {
            body
        }
    }

    fn unknown(self) -> String {
        if self == Dialect::BareErrors {
            Value::from(sentence::INCORRECT_ORDER_ID).to_string()
        } else {
            reply::error(sentence::INCORRECT_ORDER_ID)
        }
    }

    fn object(self, known: &Known) -> String {
        let line = match known {
            Known::Line(line) => line,
            Known::Raw(text) => return text.clone(),
        };
        match self {
            Dialect::Numbers => numbers(line),
            Dialect::Spellings => {
                let word = Value::from(line.status.word()).to_string();
                let spelled = Value::from(spelling(line.status)).to_string();
                reply::status(line).replacen(&word, &spelled, 1)
            }
            Dialect::Standard
            | Dialect::PositionalList
            | Dialect::BareErrors
            | Dialect::PhpWarning => reply::status(line),
        }
    }
}

/// The status object with numbers where the protocol has strings.
fn numbers(line: &StatusLine) -> String {
    format!(
        r#"{{"charge":{},"start_count":{},"status":"{}","remains":{},"currency":"USD"}}"#,
        line.charge,
        line.start_count.unwrap_or(0),
        line.status,
        line.remains,
    )
}

/// The word of another panel for a status.
fn spelling(word: OrderWord) -> &'static str {
    match word {
        OrderWord::Pending => "Awaiting",
        OrderWord::InProgress => "Inprogress",
        OrderWord::Processing => "processing",
        OrderWord::Completed => "tasks.status.completed",
        OrderWord::Partial => "PARTIAL",
        OrderWord::Canceled => "Cancelled",
    }
}
