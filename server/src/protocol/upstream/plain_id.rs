//! When two ids of a provider are one.

/// An id as ids are compared: without blanks around it and, where it is a number, without zeros in front
/// of it and without a fraction of zeros. `1001`, `01001` and `1001.0` are one order there: what prints
/// a number in another way still means that number.
pub fn plain_id(id: &str) -> &str {
    let id = id.trim();
    let (whole, fraction) = id.split_once('.').unwrap_or((id, "0"));
    let is_number = whole.bytes().all(|b| b.is_ascii_digit())
        && !fraction.is_empty()
        && fraction.bytes().all(|b| b == b'0');
    let plain = whole.trim_start_matches('0');
    match is_number && !plain.is_empty() {
        true => plain,
        false => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_one_id_however_it_is_written() {
        for id in ["1001", " 1001 ", "01001", "0001001", "1001.0", "01001.000"] {
            assert_eq!(plain_id(id), "1001", "{id:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_compared_as_it_is_written() {
        for id in [
            "1001.5", "1001.", ".0", "0", "000", "0x1f", "A-01", "01A", "1.0.0", "-01", "",
        ] {
            assert_eq!(plain_id(id), id);
        }
    }
}
