use super::*;
use crate::money::Money;

const COLUMNS: &[Column] = &[
    Column::needed("id", &["id"]),
    Column::needed("name", &["name", "username"]),
    Column::optional("balance", &["balance", "funds"]),
    Column::optional("refill", &["refill"]),
];

fn table(file: impl AsRef<[u8]>) -> Table {
    read(file.as_ref(), COLUMNS).unwrap()
}

fn names(file: impl AsRef<[u8]>) -> Vec<String> {
    let rows = table(file).rows;
    let name = |row: &Row| row.text("name").unwrap_or("-").to_owned();
    rows.iter().map(name).collect()
}

#[test]
fn a_heading_is_known_in_any_order_and_spelling() {
    let read = table("User Name,\"Password\", ID \nann,x,7\n");
    assert_eq!(read.unread, ["Password"]);
    let row = read.rows.first().unwrap();
    assert_eq!(
        (row.line, row.text("id"), row.text("name")),
        (2, Some("7"), Some("ann"))
    );
    let missing = super::read(b"id,mail\n1,x", COLUMNS).unwrap_err();
    assert_eq!(missing, "the heading has no column name; it has id, mail");
    let twice = super::read(b"id,name,username\n1,a,b", COLUMNS).unwrap_err();
    assert_eq!(twice, "the heading has the column name twice: \"username\"");
    assert!(super::read(b"", COLUMNS).is_err());
}

#[test]
fn marks_semicolons_line_ends_quotes_and_old_letters_are_read() {
    assert_eq!(
        names("\u{feff}id;name\r\n1;ann\r\n\r\n2;bob\r\n"),
        ["ann", "bob"]
    );
    let lines = |file: &str| -> Vec<u64> { table(file).rows.iter().map(|row| row.line).collect() };
    assert_eq!(lines("id;name\r\n1;ann\r\n\r\n2;bob\r\n3;eve"), [2, 4, 5]);
    assert_eq!(lines("id,name\n\n1,\"a\nb\"\n2,c\n"), [3, 5]);
    assert_eq!(names("id\tname\n1\tann\n"), ["ann"]);
    assert_eq!(names("id,name\n1,\"a, \"\"b\"\"\nc\"\n"), ["a, \"b\"\nc"]);
    let windows = b"id,name\n1,J\xfcrgen\n2,\x80uro\n";
    let read = table(windows);
    assert!(read.is_windows);
    assert_eq!(names(windows), ["Jürgen", "€uro"]);
    assert!(super::read(b"\xff\xfei\0d\0", COLUMNS).is_err());
}

#[test]
fn a_row_that_is_no_row_is_a_fault_of_its_line() {
    let huge = "x".repeat(MAX_CELL + 1);
    let file = format!("id,name\n1\n2,ann,3\n3,=cmd()\n4,{huge}\n5,a\0b\n6,\"open\n7,eve\n");
    let read = table(file);
    let lines: Vec<u64> = read.faults.iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [2, 3, 4, 5, 6]);
    // A quote that is not closed takes what follows into its cell, and that is seen by what it says.
    let last = read.rows.last().and_then(|row| row.text("name"));
    assert_eq!(last, Some("open\n7,eve"));
}

#[test]
fn numbers_are_read_to_the_letter() {
    let cell = |text: &str| {
        let file = format!("id,name,balance,refill\n1,a,\"{text}\",\"{text}\"\n");
        table(file).rows.remove(0)
    };
    let money = |text| cell(text).decimal("balance", Money::parse);
    for (text, nano) in [
        ("12.5", 12_500_000_000),
        ("0.0000000000", 0),
        ("3.14000000000000", 3_140_000_000),
        ("-1", -1_000_000_000),
        ("7.", 0),
    ] {
        let read = money(text);
        match nano {
            0 if text == "7." => assert!(read.is_err(), "{text}"),
            nano => assert_eq!(read, Ok(Some(Money::from_nano(nano))), "{text}"),
        }
    }
    for text in [
        "1e3",
        "1,000",
        "1.0000000001",
        "$5",
        "+5",
        "0x10",
        "1.0E-5",
        "٣",
    ] {
        let why = money(text).unwrap_err();
        assert!(why.starts_with(&format!("balance is {text:?}: ")), "{why}");
    }
    assert_eq!(money("NULL"), Ok(None));
    for text in ["1.0", "-1", "1e2", "99999999999999999999", "x"] {
        assert!(cell(text).number("balance", 0, i64::MAX).is_err(), "{text}");
    }
    assert_eq!(cell("007").number("balance", 0, 9), Ok(Some(7)));
    assert_eq!(cell("Yes").flag("refill"), Ok(Some(true)));
    assert!(cell("2").flag("refill").is_err());
}
