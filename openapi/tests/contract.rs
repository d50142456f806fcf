//! The committed documents and the generated client are what the code says.

#[test]
fn the_committed_documents_and_client_are_what_the_code_says() {
    let differences = openapi::check().expect("documents and a client");
    assert!(
        differences.is_empty(),
        "{differences}\nrun `cargo run -p openapi -- generate`"
    );
}
