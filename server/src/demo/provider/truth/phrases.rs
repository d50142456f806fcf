//! What a generated provider says when it says no, or when it fails after storing, and what it means
//! by it. Sentences stand here as running panels and frameworks print them; some are sorted by the
//! panel from the start, others by nobody.

use super::lot::Lot;

/// What a provider means by a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// The link, the quantity or a field is refused.
    OrderFault,
    /// The service is not sold at the moment.
    ServiceNotSold,
    /// Our balance there is too low.
    OurFunds,
    /// Too many requests came.
    TooManyRequests,
    /// An order on that link is active there.
    WaitForLink,
    /// It failed, perhaps after the order was stored.
    ServerFault,
    /// It took the order, and says so where others put an error.
    NotARefusal,
}

impl Meaning {
    /// Whether nothing was stored, for certain.
    pub fn is_refusal(self) -> bool {
        !matches!(self, Meaning::ServerFault | Meaning::NotARefusal)
    }
}

/// In a template: the link of the order.
const LINK: &str = "{link}";
/// In a template: a number that is another one each time.
const NUMBER: &str = "{n}";

const ORDER_FAULTS: [&str; 14] = [
    "Bad link",
    "Incorrect link",
    "Invalid link",
    "neworder.error.link",
    "The provided URL is not valid",
    "Instagram user not found",
    "Lien invalide : {link}",
    "Geçersiz bağlantı: {link}",
    "Link tidak valid",
    "Ссылка {link} недействительна",
    "The account is private, order {n} was not placed",
    "El enlace no es válido",
    "该链接无效",
    "We could not find \"{link}\"",
];
const NOT_SOLD: [&str; 5] = [
    "Incorrect service ID",
    "Service is disabled",
    "This service is paused until further notice",
    "Serviço inativo",
    "Услуга отключена",
];
const FUNDS: [&str; 7] = [
    "Not enough funds on balance",
    "Not  enough funds",
    "Balance not enough !",
    "Saldo insuficiente",
    "Недостаточно средств на балансе",
    "Yetersiz bakiye: {n}",
    "Insufficient balance",
];
const TOO_MANY: [&str; 5] = [
    "Too many requests",
    "Slow down, please",
    "Rate limit exceeded",
    "You have made {n} requests, wait a minute",
    "Çok fazla istek",
];
const WAIT_FOR_LINK: [&str; 5] = [
    "You have active order with this link. Please wait until order being completed.",
    "Duplicate order",
    "This link is already in process",
    "Você já tem um pedido ativo para {link}",
    "neworder.error.link_duplicate",
];
/// What software prints when it breaks: the order may have been stored before.
const SERVER_FAULTS: [&str; 10] = [
    "SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry \
        '{n}' for key 'orders.api_key_unique'",
    "SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock",
    "cURL error 28: Operation timed out after {n} milliseconds with 0 bytes received",
    "An error occurred while placing your order.",
    "Something went wrong, try again later",
    "Произошла ошибка, попробуйте позже",
    "Ocurrió un error inesperado",
    "Bir hata oluştu",
    "Internal error {n}",
    "Undefined array key \"quantity\"",
];
/// The same, with a sentence in it that means something else where it stands alone. Only who
/// compares whole sentences is not misled.
const TRAPS: [&str; 8] = [
    "Order stored, but there are not enough funds on balance for its insurance",
    "Call to undefined method Order::notify(): bad link to the queue",
    "Failed to write invoice of order: insufficient balance in cache {n}",
    "Order saved. Incorrect service ID in the report of order {n}",
    "Your order is placed; you have active order with this link as number two of today",
    "Webhook failed: invalid link, quantity of retries {n}",
    "Quantity less than minimal stock of workers, order queued",
    "Order accepted and queued: too many requests to the target",
];
const NOT_REFUSALS: [&str; 4] = ["OK", "Success", "Order placed", "Done"];

/// One sentence for each meaning: a provider says the same thing in the same words.
#[derive(Debug, Clone)]
pub(super) struct Phrases {
    by_meaning: [(Meaning, &'static str); 7],
    /// What it says when it breaks in a way that looks like a refusal.
    trap: &'static str,
}

impl Phrases {
    /// The sentences of a provider.
    pub(super) fn draw(lot: &mut Lot) -> Phrases {
        Phrases {
            by_meaning: [
                (Meaning::OrderFault, lot.of(ORDER_FAULTS)),
                (Meaning::ServiceNotSold, lot.of(NOT_SOLD)),
                (Meaning::OurFunds, lot.of(FUNDS)),
                (Meaning::TooManyRequests, lot.of(TOO_MANY)),
                (Meaning::WaitForLink, lot.of(WAIT_FOR_LINK)),
                (Meaning::ServerFault, lot.of(SERVER_FAULTS)),
                (Meaning::NotARefusal, lot.of(NOT_REFUSALS)),
            ],
            trap: lot.of(TRAPS),
        }
    }

    /// The sentence for `meaning`, about this link; `number` is another one each time.
    pub(super) fn say(&self, meaning: Meaning, link: &str, number: i64) -> String {
        let said = self.by_meaning.iter().find(|(known, _)| *known == meaning);
        fill(said.map_or("OK", |(_, text)| text), link, number)
    }

    /// The sentence of a failure that looks like a refusal.
    pub(super) fn trap(&self, link: &str, number: i64) -> String {
        fill(self.trap, link, number)
    }
}

fn fill(template: &str, link: &str, number: i64) -> String {
    template
        .replace(LINK, link)
        .replace(NUMBER, &number.to_string())
}
