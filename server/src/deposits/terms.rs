//! What a payer has to know before paying.

/// The terms of every deposit. "All deposits added to your wallet balance are strictly
/// non-refundable"; "it cannot be converted back or withdrawn"; "wallet balances have no expiration
/// date".
pub const TERMS: &str = "A deposit that was credited is final: it is strictly non-refundable, and \
    cannot be converted back or withdrawn. It can be spent on every service of this panel, and has \
    no expiration date.";

/// Coins whose payments need a memo or tag beside the address.
const WITH_MEMO: [&str; 12] = [
    "ava",
    "eos",
    "bnbmainnet",
    "xlm",
    "xrp",
    "atom",
    "hbar",
    "ton",
    "xem",
    "kava",
    "luna",
    "stx",
];

/// What a payer with `coin`, or with one chosen later, has to mind about networks, and what becomes
/// of payments that are not as asked for.
pub fn notes(coin: Option<&str>, coin_minimum: Option<&str>) -> Vec<String> {
    let mut notes = Vec::with_capacity(6);
    match (coin, coin_minimum) {
        (Some(coin), Some(least)) => {
            let coin = coin.to_ascii_uppercase();
            notes.push(format!(
                "Pay with {coin}, on the network that the invoice names. The gateway takes no \
                 payment below {least} {coin}."
            ));
        }
        (Some(_), None) | (None, _) => notes.push(
            "Each coin has a minimum of its own, and its own network: the invoice names both when \
             you have chosen a coin. Pay on that network only."
                .to_owned(),
        ),
    }
    if coin.is_none_or(|coin| WITH_MEMO.contains(&coin)) {
        notes.push(
            "Where the invoice shows a memo or a tag, send it with the payment: without it the \
             payment cannot be told from others."
                .to_owned(),
        );
    }
    notes.push(
        "The fees of the network, and of the wallet or exchange that you pay from, are on top: what \
         counts is what arrives."
            .to_owned(),
    );
    notes.push(
        "If less arrives, what arrived is credited in proportion; below the minimum it is held for \
         review, and may be lost or delayed. If more arrives, the rest is looked at by a person."
            .to_owned(),
    );
    notes.push(
        "Pay once. A second payment to the same address, or one in another coin, is looked at by a \
         person before it is credited."
            .to_owned(),
    );
    notes
}
