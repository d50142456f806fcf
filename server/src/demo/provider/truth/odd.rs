//! Odd answers to `add` that an attack found: the order is stored, and what is said is the id of
//! another order, an id that is none, or nothing of the provider's own.

use super::adds::Order;
use super::house::House;
use super::lot::Lot;
use super::spelling::is_number;
use crate::demo::provider::answer::Answer;

/// What is said of an order that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OddAnswer {
    /// The id of an open order of ours, which keeps its line.
    OpenId,
    /// The same; from now on that id is answered with the new order's line.
    OpenIdTakenOver,
    /// The id of an open order of ours, with a zero before it.
    OpenIdWithZero,
    /// The same, with a fraction, as text.
    OpenIdAsFractionText,
    /// The same, with a fraction, as a number.
    OpenIdAsFraction,
    /// -1 where the id stands.
    MinusOne,
    /// 0 where the id stands.
    Zero,
    /// A firewall's page with HTTP 200.
    Page200,
    /// A firewall's page with HTTP 403.
    Page403,
    /// Nothing at all, with HTTP 200.
    Empty,
}

/// What is noted of the open order whose id was given again.
const GIVEN_AGAIN: &str = "add: its id is given to another order";

/// The id of an open order, in any form.
pub(super) const OPEN_IDS: [OddAnswer; 5] = [
    OddAnswer::OpenId,
    OddAnswer::OpenIdTakenOver,
    OddAnswer::OpenIdWithZero,
    OddAnswer::OpenIdAsFractionText,
    OddAnswer::OpenIdAsFraction,
];
/// What is no order's id.
pub(super) const NO_IDS: [OddAnswer; 5] = [
    OddAnswer::MinusOne,
    OddAnswer::Zero,
    OddAnswer::Page200,
    OddAnswer::Page403,
    OddAnswer::Empty,
];

impl OddAnswer {
    /// Whether this order is answered oddly, in `share` of 1,000 cases.
    pub(super) fn draw(lot: &mut Lot, share: u32) -> Option<OddAnswer> {
        let kinds = lot.of([OPEN_IDS, OPEN_IDS, NO_IDS]);
        lot.per_mille(share).then(|| lot.of(kinds))
    }

    /// Whether the id of an open order is given.
    const fn names_an_open_order(self) -> bool {
        !matches!(
            self,
            OddAnswer::MinusOne
                | OddAnswer::Zero
                | OddAnswer::Page200
                | OddAnswer::Page403
                | OddAnswer::Empty
        )
    }

    /// Whether the id that is given is that of an open order in another spelling.
    const fn spells_anew(self) -> bool {
        matches!(
            self,
            OddAnswer::OpenIdWithZero
                | OddAnswer::OpenIdAsFractionText
                | OddAnswer::OpenIdAsFraction
        )
    }

    const fn name(self) -> &'static str {
        match self {
            OddAnswer::OpenId => "add: stored, an open order's id",
            OddAnswer::OpenIdTakenOver => {
                "add: stored, an open order's id, whose line it takes over"
            }
            OddAnswer::OpenIdWithZero => "add: stored, an open order's id with a zero before it",
            OddAnswer::OpenIdAsFractionText => {
                "add: stored, an open order's id as a fraction in text"
            }
            OddAnswer::OpenIdAsFraction => "add: stored, an open order's id as a fraction",
            OddAnswer::MinusOne => "add: stored, -1 as its id",
            OddAnswer::Zero => "add: stored, 0 as its id",
            OddAnswer::Page200 => "add: stored, a firewall's page with HTTP 200",
            OddAnswer::Page403 => "add: stored, a firewall's page with HTTP 403",
            OddAnswer::Empty => "add: stored, an empty answer",
        }
    }
}

impl House {
    /// Stores an order and answers oddly; plainly, where that takes the id of an open order and there is
    /// none that could be given.
    pub(super) fn accept_oddly(
        &mut self,
        odd: OddAnswer,
        order: Order<'_>,
        lot: &mut Lot,
    ) -> Answer {
        let (now, link, (_, charge)) = order;
        let open = self.book.open_and_known(link, now);
        let open = open.filter(|id| !odd.spells_anew() || is_number(id));
        if odd.names_an_open_order() && open.is_none() {
            return self.accept(order, lot);
        }
        self.note(link, odd.name());
        let id = self.store(order, lot);
        let given = open.filter(|_| odd.names_an_open_order());
        if let Some(given) = &given {
            if let Some(old) = self.book.find(given).map(|old| old.link.clone()) {
                self.note(&old, GIVEN_AGAIN);
            }
            self.book.give_again(given);
        }
        if odd == OddAnswer::OpenIdTakenOver
            && let Some(given) = &given
        {
            self.book.take_over(given, &id);
        }
        self.last_untold = Some(id);
        let given = given.unwrap_or_default();
        let said = match odd {
            OddAnswer::OpenId | OddAnswer::OpenIdTakenOver => self.written(&given),
            OddAnswer::OpenIdWithZero => format!("\"0{}\"", self.dialect.spelling.spell(&given)),
            OddAnswer::OpenIdAsFractionText => format!("\"{given}.0\""),
            OddAnswer::OpenIdAsFraction => format!("{given}.0"),
            OddAnswer::MinusOne => self.number_in_place_of_id(-1),
            OddAnswer::Zero => self.number_in_place_of_id(0),
            OddAnswer::Page200 => return firewall_page(200),
            OddAnswer::Page403 => return firewall_page(403),
            OddAnswer::Empty => return Answer::page(200, self.dialect.content_type, String::new()),
        };
        self.says(self.dialect.http.0, self.accepted_body(&said, charge))
    }

    fn number_in_place_of_id(&self, number: i64) -> String {
        match self.dialect.id_as_text {
            true => format!("\"{number}\""),
            false => number.to_string(),
        }
    }
}

/// What a firewall shows that takes a panel for a robot, when it has passed the request on.
fn firewall_page(status: u16) -> Answer {
    const PAGE: &str = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>\
        <p>Checking your browser before you proceed.</p>\
        <script>window._ray={\"id\":\"8f21c07\",\"order\":\"77002\",\"status\":\"success\"};</script>\
        </body></html>";
    Answer::page(status, "text/html", PAGE.to_owned())
}
