use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::*;
use crate::config::SecretHex;

fn config(path: &Path) -> Config {
    Config {
        secrets_file: path.to_owned(),
        ..Config::default()
    }
}

fn known() -> Secrets {
    Secrets::from_bytes([7; 32], [9; 32])
}

#[test]
fn what_is_sealed_opens_at_the_same_place_only() {
    let secrets = known();
    let sealed = secrets.seal("provider|api_key|1", "upstream-key");
    let opened = secrets.open("provider|api_key|1", &sealed).unwrap();
    assert_eq!(opened.expose_secret(), "upstream-key");
    for elsewhere in [
        "provider|api_key|2",
        "provider|other|1",
        "service|api_key|1",
        "",
    ] {
        let error = secrets.open(elsewhere, &sealed).unwrap_err();
        assert!(
            matches!(error, SecretsError::Damaged { .. }),
            "{elsewhere}: {error}"
        );
    }
}

#[test]
fn a_sealed_text_has_the_published_form_and_is_new_each_time() {
    let secrets = known();
    let sealed = secrets.seal("a|b|1", "");
    // The first bytes of SHA-256 of 32 times 09, by another program.
    assert_eq!(secrets.key_id(), KEY_ID_BY_ANOTHER_PROGRAM);
    let body = sealed
        .strip_prefix(&format!("v1:{KEY_ID_BY_ANOTHER_PROGRAM}:"))
        .unwrap();
    assert_eq!(hex::decode(body).unwrap().len(), 24 + 16);
    assert_ne!(sealed, secrets.seal("a|b|1", ""));
    assert_eq!(secrets.open("a|b|1", &sealed).unwrap().expose_secret(), "");
}

#[test]
fn every_changed_byte_is_found() {
    let secrets = known();
    let sealed = secrets.seal("a|b|1", "secret");
    for at in "v1:00000000:".len()..sealed.len() {
        let mut changed = sealed.clone();
        let digit = if &sealed[at..=at] == "0" { "1" } else { "0" };
        changed.replace_range(at..=at, digit);
        let error = secrets.open("a|b|1", &changed).unwrap_err();
        assert!(
            matches!(error, SecretsError::Damaged { .. }),
            "{changed}: {error}"
        );
    }
    let error = secrets
        .open("a|b|1", &sealed[..sealed.len() - 2])
        .unwrap_err();
    assert!(matches!(error, SecretsError::Damaged { .. }), "{error}");
}

#[test]
fn another_master_key_is_named_in_a_clear_sentence() {
    let sealed = Secrets::from_bytes([7; 32], [8; 32]).seal("a|b|1", "secret");
    let error = known().open("a|b|1", &sealed).unwrap_err();
    let theirs = Secrets::from_bytes([7; 32], [8; 32]).key_id().to_owned();
    assert_eq!(
        error.to_string(),
        format!(
            "The stored secret a|b|1 was sealed with the master key {theirs}, but this program \
             runs with the master key {KEY_ID_BY_ANOTHER_PROGRAM}: start it with the secrets that \
             belong to this database."
        )
    );
}

#[test]
fn a_text_that_is_not_sealed_is_told_apart() {
    let secrets = known();
    let good = secrets.seal("a|b|1", "secret");
    let short = format!("v1:{}:00", secrets.key_id());
    let next = good.replacen("v1", "v2", 1);
    let odd = format!("{good}0");
    for text in ["", "secret", "v1", "v1:x", &short, &next, &odd] {
        let error = secrets.open("a|b|1", text).unwrap_err();
        assert!(
            matches!(error, SecretsError::NotSealed { .. }),
            "{text:?}: {error}"
        );
    }
}

#[test]
fn a_key_is_digested_with_hmac_sha256_under_the_pepper() {
    // HMAC-SHA256 with a key of 32 times 07 over "smp_live_x", by another program.
    assert_eq!(
        hex::encode(known().digest_key("smp_live_x")),
        DIGEST_BY_ANOTHER_PROGRAM
    );
    assert_eq!(
        known().digest_key("smp_live_x"),
        known().digest_key("smp_live_x")
    );
    assert_ne!(
        known().digest_key("smp_live_x"),
        known().digest_key("smp_live_y")
    );
    let other_pepper = Secrets::from_bytes([8; 32], [9; 32]);
    assert_ne!(
        known().digest_key("smp_live_x"),
        other_pepper.digest_key("smp_live_x")
    );
}

#[test]
fn the_file_is_made_once_with_mode_600_and_read_ever_after() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("smm-panel.secrets");
    let first = Secrets::load_or_create(&config(&path)).unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let text = fs::read_to_string(&path).unwrap();
    let second = Secrets::load_or_create(&config(&path)).unwrap();
    assert_eq!(first.digest_key("k"), second.digest_key("k"));
    let sealed = first.seal("a|b|1", "secret");
    assert_eq!(
        second.open("a|b|1", &sealed).unwrap().expose_secret(),
        "secret"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    // Nothing else was left beside it.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_file_that_belongs_to_rows_is_never_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("smm-panel.secrets");
    let missing = Secrets::load(&config(&path)).unwrap_err();
    assert!(matches!(missing, SecretsError::Missing { .. }), "{missing}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let made = Secrets::load_or_create(&config(&path)).unwrap();
    let read = Secrets::load(&config(&path)).unwrap();
    assert_eq!(made.digest_key("k"), read.digest_key("k"));
}

#[test]
fn starters_at_the_same_time_agree_on_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("smm-panel.secrets");
    let digests: Vec<[u8; 32]> = std::thread::scope(|scope| {
        let start = || {
            Secrets::load_or_create(&config(&path))
                .unwrap()
                .digest_key("k")
        };
        let starters: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        starters
            .into_iter()
            .map(|starter| starter.join().unwrap())
            .collect()
    });
    assert!(digests.iter().all(|digest| *digest == digests[0]));
}

#[test]
fn a_file_that_others_can_read_is_refused_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("smm-panel.secrets");
    Secrets::load_or_create(&config(&path)).unwrap();
    for mode in [0o640, 0o604, 0o620, 0o644, 0o610] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = Secrets::load_or_create(&config(&path))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(&format!("chmod 600 {}", path.display())),
            "{error}"
        );
        assert!(error.contains(&format!("mode {mode:o}")), "{error}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(Secrets::load_or_create(&config(&path)).is_ok());
}

#[test]
fn a_damaged_file_or_a_missing_folder_stops_the_start_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("smm-panel.secrets");
    let digits = "ab".repeat(32);
    for text in [
        String::new(),
        format!("pepper = \"{digits}\"\n"),
        format!("pepper = \"{digits}\"\nmaster_key = \"abcd\"\n"),
        format!("pepper = \"{digits}\"\nmaster_key = \"{digits}\"\nmaster_kye = 1\n"),
        "not toml".to_owned(),
    ] {
        fs::write(&path, &text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let error = Secrets::load_or_create(&config(&path)).unwrap_err();
        assert!(
            matches!(error, SecretsError::Malformed { .. }),
            "{text:?}: {error}"
        );
        assert!(!error.to_string().contains(&digits));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    let nowhere = folder.path().join("missing").join("smm-panel.secrets");
    let error = Secrets::load_or_create(&config(&nowhere))
        .unwrap_err()
        .to_string();
    assert!(error.contains("cannot be made"), "{error}");
}

#[test]
fn secrets_from_the_settings_need_no_file_and_come_as_a_pair() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("smm-panel.secrets");
    let pepper = SecretHex::parse(&"07".repeat(32));
    let master_key = SecretHex::parse(&"09".repeat(32));
    let both = Config {
        pepper: pepper.clone(),
        master_key,
        ..config(&path)
    };
    let secrets = Secrets::load_or_create(&both).unwrap();
    assert_eq!(secrets.digest_key("k"), known().digest_key("k"));
    assert_eq!(secrets.key_id(), known().key_id());
    let one = Config {
        pepper,
        ..config(&path)
    };
    let error = Secrets::load_or_create(&one).unwrap_err().to_string();
    assert!(
        error.starts_with("The setting master_key is missing"),
        "{error}"
    );
    assert!(!path.exists());
}

#[test]
fn debug_and_errors_never_show_a_secret() {
    let shown = format!("{:?} {:#?}", known(), known());
    for secret in ["07", "7, 7", "09", "9, 9"] {
        assert!(
            !shown
                .replace(KEY_ID_BY_ANOTHER_PROGRAM, "")
                .contains(secret),
            "{shown}"
        );
    }
}

/// See the test that uses it.
const KEY_ID_BY_ANOTHER_PROGRAM: &str = "8c0cc17a";
/// See the test that uses it.
const DIGEST_BY_ANOTHER_PROGRAM: &str =
    "434ef70d9855500c5e867ee25e3ee77450d920b3dbc8673bd7b6336d9dbc68c2";
