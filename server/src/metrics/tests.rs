use super::*;
use crate::http::documents;

#[test]
fn every_operation_of_the_typed_api_has_a_series_of_its_own() {
    let document = documents::sdk().unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.values().flat_map(|item| item.as_object().unwrap());
    let mut seen = 0;
    for (method, operation) in operations {
        let Some(id) = operation["operationId"].as_str() else {
            panic!("{method} has no name: {operation}");
        };
        assert_ne!(Call::of_operation(id), Call::Other, "{id}");
        seen += 1;
    }
    // All of the face but the one for everything else.
    let of_face = Call::ALL.iter().filter(|call| call.face() == Face::V3);
    assert_eq!(seen, of_face.count() - 1);
}

#[test]
fn calls_are_found_by_their_place() {
    for (place, call) in Call::ALL.iter().enumerate() {
        assert_eq!(call.index(), place);
    }
    assert_eq!(Call::of_operation("balance"), Call::Other, "another face");
}

#[test]
fn names_have_our_prefix_and_their_unit() {
    for metric in table::ALL {
        assert!(metric.name.starts_with("smm_panel_"), "{}", metric.name);
        let counts = metric.kind == table::Kind::Counter;
        assert_eq!(counts, metric.name.ends_with("_total"), "{}", metric.name);
    }
}

#[test]
fn the_readme_of_the_deployment_has_the_table() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/deploy/README.md");
    let readme = std::fs::read_to_string(file).unwrap();
    let table = markdown_table();
    assert!(readme.contains(&table), "{file} should have\n{table}");
}
