//! How a generated provider speaks: everything in which running panels differ, drawn once for each.

use super::lot::Lot;
use super::phrases::Phrases;
use super::spelling::Spelling;
use crate::protocol::OrderWord;

/// How it takes a form apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FormReader {
    /// As the standard says.
    Standard,
    /// A `+` stays a `+`.
    KeepsPlus,
    /// A value ends at its first `=`.
    EndsAtEquals,
    /// Percent signs are taken apart twice.
    DecodesTwice,
}

/// Where the id of an accepted order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdPlace {
    /// A field of the object.
    Field(&'static str),
    /// A field beside a word of success.
    BesideSuccess(&'static str),
    /// A field of an object within, beside a word of success.
    Within(&'static str, &'static str),
}

/// The shape of the answer about many orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ManyShape {
    /// An object keyed by id.
    Keyed,
    /// The same within a field.
    KeyedWithin(&'static str),
    /// A list whose lines name their order under this field.
    Named(&'static str),
    /// The same within a field.
    NamedWithin(&'static str, &'static str),
    /// A list without names, in the order of the provider's table.
    UnnamedByAge,
    /// A list without names, the newest first.
    UnnamedNewestFirst,
    /// An object keyed by position.
    KeyedByPosition,
    /// Many are not understood.
    OnlyOne,
}

/// The shape of the answer about one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OneShape {
    /// The line.
    Plain,
    /// The line, naming its order under this field.
    Named(&'static str),
    /// The line in `data`, beside this word of the envelope.
    Enveloped(&'static str),
    /// A list of one line that names its order.
    Listed,
}

/// How a cancel is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CancelShape {
    /// As documented: a list of lines.
    Lines,
    /// An object keyed by id.
    Keyed,
    /// One sentence for all: this body.
    Whole(&'static str),
    /// A sentence that says no.
    Refused(&'static str),
}

/// What an order that runs has as `remains`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remains {
    /// What is left.
    Number,
    /// Always this.
    Fixed(&'static str),
}

/// The words of a provider for pending, in progress, processing, completed, partial, canceled.
pub(super) type Words = [&'static str; 6];

const STANDARD: Words = [
    "Pending",
    "In progress",
    "Processing",
    "Completed",
    "Partial",
    "Canceled",
];
const SPELLINGS: [Words; 7] = [
    [
        "pending",
        "in_progress",
        "processing",
        "completed",
        "partial",
        "cancelled",
    ],
    [
        "PENDING",
        "INPROGRESS",
        "PROCESSING",
        "COMPLETED",
        "PARTIAL",
        "CANCELED",
    ],
    [
        "Awaiting",
        "Inprogress",
        "process",
        "Complete",
        "Partially Completed",
        "Refund",
    ],
    [
        "order.status.pending",
        "order.status.in_progress",
        "order.status.processing",
        "order.status.completed",
        "order.status.partial",
        "order.status.canceled",
    ],
    [
        "tasks.status.pending",
        "tasks.status.in_progress",
        "tasks.status.processing",
        "tasks.status.completed",
        "tasks.status.partial",
        "tasks.status.canceled",
    ],
    [
        "pEnding",
        "in Progress",
        "Processing",
        "compLeted",
        "Partial",
        "Refunded",
    ],
    STANDARD,
];
/// Words that the panel may not know from the start.
const FOREIGN: [Words; 4] = [
    [
        "Beklemede",
        "Yükleniyor",
        "İşlemde",
        "Tamamlandı",
        "Kısmen tamamlandı",
        "İptal edildi",
    ],
    [
        "Pendente",
        "Em andamento",
        "Processando",
        "Concluído",
        "Parcial",
        "Cancelado",
    ],
    [
        "Ожидание",
        "Выполняется",
        "В обработке",
        "Выполнен",
        "Частично",
        "Отменен",
    ],
    ["Queued", "Running", "Working", "Finished", "Short", "Void"],
];

/// In how many of 1,000 cases something goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rates {
    /// Of orders: while being placed.
    pub(super) add: u32,
    /// Of questions: the answer to `status` is of no use.
    pub(super) status: u32,
    /// Of orders: `status` says once that it ended when it did not, or how it ended wrongly.
    pub(super) flap: u32,
    /// Of orders: stored, and answered by what is not their id.
    pub(super) odd: u32,
}

/// How one provider speaks.
#[derive(Debug, Clone)]
pub(super) struct Dialect {
    pub(super) reader: FormReader,
    /// What is printed before and behind each body.
    pub(super) around: (&'static str, &'static str),
    /// Whether each body is printed twice.
    pub(super) printed_twice: bool,
    pub(super) content_type: &'static str,
    /// The HTTP statuses of an acceptance and of a refusal.
    pub(super) http: (u16, u16),
    pub(super) id_place: IdPlace,
    pub(super) id_as_text: bool,
    /// What stands beside an accepted id.
    pub(super) beside_id: &'static str,
    /// The letters before an order's number, if ids are tokens.
    pub(super) id_prefix: &'static str,
    pub(super) first_id: i64,
    /// How ids are written that have no letters before them.
    pub(super) spelling: Spelling,
    /// Whether lines are keyed by ids as they were asked for, not as they are written here.
    pub(super) keys_as_asked: bool,
    pub(super) many: ManyShape,
    /// The most ids that it takes at once.
    pub(super) many_max: usize,
    /// Whether one unknown id refuses all.
    pub(super) refuses_bad_ids: bool,
    pub(super) one: OneShape,
    pub(super) numbers: bool,
    pub(super) says_charge: bool,
    pub(super) running_remains: Remains,
    pub(super) words: Words,
    pub(super) cancel: CancelShape,
    pub(super) checks_links: bool,
    pub(super) phrases: Phrases,
    pub(super) rates: Rates,
    /// When it has no funds of ours, in ms since the start, if ever.
    pub(super) short_of_funds: Option<(i64, i64)>,
}

const WARNING: &str = "<br />\n<b>Warning</b>:  Undefined array key \"start\" in \
    <b>/home/panel/public_html/app/api.php</b> on line <b>214</b><br />\n";
const HOUR: i64 = 3_600_000;

impl Dialect {
    /// The dialect of one provider.
    pub(super) fn draw(seed: u64) -> Dialect {
        let lot = &mut Lot::new(seed, &["dialect"]);
        // Draws of their own, so that the rest of a known seed's dialect stays as it is.
        let of_ids = &mut Lot::new(seed, &["ids"]);
        let around = draw_around(lot);
        Dialect {
            reader: lot.of([
                FormReader::Standard,
                FormReader::Standard,
                FormReader::KeepsPlus,
                FormReader::EndsAtEquals,
                FormReader::DecodesTwice,
            ]),
            around,
            printed_twice: lot.per_mille(40),
            content_type: lot.of(["application/json", "application/json", "text/html"]),
            http: (
                lot.of([200, 200, 200, 201]),
                lot.of([200, 200, 200, 400, 422]),
            ),
            id_place: draw_id_place(lot),
            id_as_text: lot.per_mille(300),
            beside_id: lot.of([
                "",
                "",
                "",
                r#","error":null"#,
                r#","error":false"#,
                r#","error":"""#,
                r#","error":0"#,
                r#","errors":[]"#,
            ]),
            id_prefix: lot.of(["", "", "", "", "", "", "", "a7-", "ord_", "F"]),
            first_id: lot.between(1_000, 3_000_000),
            spelling: Spelling::draw(of_ids),
            keys_as_asked: of_ids.per_mille(500),
            many: draw_many(lot),
            many_max: lot.of([1_000, 1_000, 1_000, 50, 10]),
            refuses_bad_ids: lot.per_mille(100),
            one: draw_one(lot),
            numbers: lot.per_mille(400),
            says_charge: !lot.per_mille(50),
            running_remains: lot.of([
                Remains::Number,
                Remains::Number,
                Remains::Number,
                Remains::Fixed("0"),
                Remains::Fixed(""),
                Remains::Fixed("N/A"),
            ]),
            words: draw_words(lot),
            cancel: draw_cancel(lot),
            checks_links: lot.per_mille(250),
            phrases: Phrases::draw(lot),
            rates: Rates {
                add: lot.of([0, 0, 10, 30, 80]),
                status: lot.of([0, 0, 10, 50]),
                flap: lot.of([0, 0, 0, 20, 60]),
                odd: of_ids.of([0, 10, 20, 30, 50]),
            },
            short_of_funds: lot.per_mille(150).then(|| {
                let from = lot.between(1, 4) * HOUR;
                (from, from + lot.between(1, 3) * HOUR)
            }),
        }
    }

    /// The word for a status.
    pub(super) fn word(&self, word: OrderWord) -> &'static str {
        let place = match word {
            OrderWord::Pending => 0,
            OrderWord::InProgress => 1,
            OrderWord::Processing => 2,
            OrderWord::Completed => 3,
            OrderWord::Partial => 4,
            OrderWord::Canceled => 5,
        };
        self.words[place]
    }
}

fn draw_around(lot: &mut Lot) -> (&'static str, &'static str) {
    lot.of([
        ("", ""),
        ("", ""),
        ("", ""),
        ("\u{FEFF}", ""),
        (WARNING, ""),
        ("", "\n<!-- 0.0132 s -->"),
        ("\n\n", "\n<b>Notice</b>: unused variable in api.php\n"),
        ("[13-Nov-2026 10:00:01 UTC] PHP Notice: x\n", ""),
    ])
}

fn draw_id_place(lot: &mut Lot) -> IdPlace {
    lot.of([
        IdPlace::Field("order"),
        IdPlace::Field("order"),
        IdPlace::Field("order"),
        IdPlace::BesideSuccess("order"),
        IdPlace::Field("order_id"),
        IdPlace::Field("orderId"),
        IdPlace::Field("Order"),
        IdPlace::Within("data", "order"),
        IdPlace::Within("result", "order"),
        IdPlace::Within("data", "id"),
        IdPlace::BesideSuccess("id"),
    ])
}

fn draw_many(lot: &mut Lot) -> ManyShape {
    lot.of([
        ManyShape::Keyed,
        ManyShape::Keyed,
        ManyShape::Keyed,
        ManyShape::KeyedWithin("data"),
        ManyShape::KeyedWithin("orders"),
        ManyShape::Named("order"),
        ManyShape::Named("order_id"),
        ManyShape::Named("orderId"),
        ManyShape::Named("id"),
        ManyShape::NamedWithin("result", "order"),
        ManyShape::UnnamedByAge,
        ManyShape::UnnamedNewestFirst,
        ManyShape::KeyedByPosition,
        ManyShape::OnlyOne,
    ])
}

fn draw_one(lot: &mut Lot) -> OneShape {
    lot.of([
        OneShape::Plain,
        OneShape::Plain,
        OneShape::Plain,
        OneShape::Named("order"),
        OneShape::Named("order_id"),
        OneShape::Named("id"),
        OneShape::Enveloped("success"),
        OneShape::Enveloped("complete"),
        OneShape::Enveloped("complete"),
        OneShape::Listed,
    ])
}

fn draw_words(lot: &mut Lot) -> Words {
    if lot.per_mille(600) {
        STANDARD
    } else if lot.per_mille(250) {
        lot.of(FOREIGN)
    } else {
        lot.of(SPELLINGS)
    }
}

fn draw_cancel(lot: &mut Lot) -> CancelShape {
    lot.of([
        CancelShape::Lines,
        CancelShape::Lines,
        CancelShape::Keyed,
        CancelShape::Whole(r#"{"success":"Cancel request submitted"}"#),
        CancelShape::Whole(r#"{"status":"success"}"#),
        CancelShape::Whole(r#"{"ok":true}"#),
        CancelShape::Whole(r#"{"message":"queued"}"#),
        CancelShape::Refused("Cancel is disabled for this service"),
    ])
}
