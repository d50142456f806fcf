//! How `status` is spelled. Panels disagree about it, and whoever reads them must understand all;
//! each dialect here is one that running panels speak.

use serde_json::Value;

use crate::protocol::reply::{self, StatusLine};
use crate::protocol::{Asked, AskedId, OrderWord, sentence};

/// A way to spell the answers to `status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// As documented: all values strings, many orders as an object keyed by id.
    #[default]
    Standard,
    /// Many orders as a list in the order asked, without their ids.
    PositionalList,
    /// Many orders as a list in the order of its own table, newest first, without their ids.
    TableList,
    /// Many orders as a list in the order of its own table, each with its `id`.
    IdList,
    /// Many orders as a list in the order of its own table, each with its `order_id`, and with the
    /// number of its own row as `id`.
    OrderIdList,
    /// Many orders as an object keyed by 0, 1, 2, ... in the order of its own table.
    KeyedByPosition,
    /// Only one order at a time is understood; a list is an unknown order.
    OnlyOne,
    /// Only lists are understood, of one too, and one unknown id refuses the whole list.
    AllOrNothing,
    /// More than so many ids are refused.
    AtMost(usize),
    /// `NaN` stands for the charge and the remains of the first line.
    NanInOneLine,
    /// A notice in HTML stands behind the JSON.
    NoticeBehind,
    /// The answer lies in `data` of an envelope with a status of its own.
    Enveloped,
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

/// What is printed behind the answer by a panel that measures itself.
const NOTICE_BEHIND: &str = "\n<br /><b>Notice</b>: {x} took [12] ms in <b>a.php</b><!-- 0.1 s -->";

/// What is said to a list by a panel that takes it for the id of one order.
const TAKES_ONE: &str = "Incorrect order ID";

/// What is said to a list that is too long.
const TOO_MANY_IDS: &str = "Too long a list of orders";

/// What is known of one order.
pub(super) enum Known {
    /// Its state.
    Line(StatusLine),
    /// A scripted text in the order's place.
    Raw(String),
}

impl Dialect {
    /// What refuses a question about these, if it is not understood at all.
    pub(super) fn refusal(self, asked: &Asked) -> Option<&'static str> {
        match (self, asked) {
            (Dialect::OnlyOne, Asked::Many(_)) => Some(TAKES_ONE),
            (Dialect::AllOrNothing, Asked::One(_)) => Some(sentence::INCORRECT_REQUEST),
            (Dialect::AtMost(most), Asked::Many(ids)) if ids.len() > most => Some(TOO_MANY_IDS),
            _ => None,
        }
    }

    /// The answer about one order; `None` is an unknown id.
    pub(super) fn one(self, known: Option<Known>) -> String {
        let body = match known {
            Some(known) if self == Dialect::Enveloped => {
                format!(r#"{{"status":"complete","data":{}}}"#, self.object(&known))
            }
            Some(known) if self == Dialect::NanInOneLine => nan(&self.object(&known)),
            Some(known) => self.object(&known),
            None => reply::error(sentence::INCORRECT_ORDER_ID),
        };
        self.framed(body)
    }

    /// The answer about many orders, in the order asked.
    pub(super) fn many(self, mut orders: Vec<(AskedId, Option<Known>)>) -> String {
        use Dialect::{
            AllOrNothing, IdList, KeyedByPosition, OrderIdList, PositionalList, TableList,
        };
        if self == AllOrNothing && orders.iter().any(|(_, known)| known.is_none()) {
            return reply::error(sentence::INCORRECT_ORDER_ID);
        }
        let is_of_its_table = matches!(self, TableList | IdList | OrderIdList | KeyedByPosition);
        if is_of_its_table {
            orders.sort_by_key(|(id, _)| std::cmp::Reverse(id.id));
            orders.retain(|(_, known)| known.is_some());
        }
        let listed = matches!(self, PositionalList | TableList | IdList | OrderIdList);
        let members: Vec<String> = orders
            .into_iter()
            .enumerate()
            .map(|(place, (id, known))| {
                let value = known.map_or_else(|| self.unknown(), |known| self.object(&known));
                let value = if self == IdList {
                    named(&value, &format!(r#""id":{}"#, id.text))
                } else if self == OrderIdList {
                    named(&value, &format!(r#""id":{place},"order_id":"{}""#, id.text))
                } else if self == Dialect::NanInOneLine && place == 0 {
                    nan(&value)
                } else {
                    value
                };
                if listed {
                    value
                } else if self == KeyedByPosition {
                    format!("\"{place}\":{value}")
                } else {
                    format!("{}:{value}", Value::String(id.text))
                }
            })
            .collect();
        let members = members.join(",");
        let body = if listed {
            format!("[{members}]")
        } else {
            format!("{{{members}}}")
        };
        self.framed(if self == Dialect::Enveloped {
            format!(r#"{{"status":"success","data":{body}}}"#)
        } else {
            body
        })
    }

    fn framed(self, body: String) -> String {
        if self == Dialect::PhpWarning {
            format!("{PHP_WARNING}{body}")
        } else if self == Dialect::NoticeBehind {
            format!("{body}{NOTICE_BEHIND}")
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
        if self == Dialect::Numbers {
            numbers(line)
        } else if self == Dialect::Spellings {
            let word = Value::from(line.status.word()).to_string();
            let spelled = Value::from(spelling(line.status)).to_string();
            reply::status(line).replacen(&word, &spelled, 1)
        } else {
            reply::status(line)
        }
    }
}

/// An object with these members before its own.
fn named(object: &str, members: &str) -> String {
    object.replacen('{', &format!("{{{members},"), 1)
}

/// A line whose numbers were divided by zero.
fn nan(line: &str) -> String {
    let mut line = line.to_owned();
    for name in ["charge", "remains"] {
        let field = format!("\"{name}\":\"");
        let Some(at) = line.find(&field) else {
            continue;
        };
        let from = at + field.len();
        let Some(length) = line.get(from..).and_then(|rest| rest.find('"')) else {
            continue;
        };
        line.replace_range(from - 1..=from + length, "NaN");
    }
    line
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
