use super::Config;

/// What is reported of a file of these bytes, its folder left out.
fn config_error_for_bytes(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("my.toml");
    std::fs::write(&file, bytes).unwrap();
    let told = Config::load_or_default(Some(&file)).unwrap_err().to_string();
    told.replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn a_file_that_is_not_there_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("my.toml");
    let told = Config::load_or_default(Some(&file)).unwrap_err().to_string();
    assert_eq!(told, format!("{}: there is no such file", file.display()));
}

#[test]
fn a_folder_is_not_read_as_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let told = Config::load_or_default(Some(folder.path())).unwrap_err().to_string();
    assert!(told.starts_with(&format!("{}: the config cannot be read: ", folder.path().display())), "{told}");
}

#[test]
fn a_file_that_is_no_text_is_told_its_line() {
    assert_eq!(
        config_error_for_bytes(b"a = 1\nb = '\xff'\n"),
        "my.toml: line 2 is not UTF-8 text; save the file as UTF-8"
    );
}

#[test]
fn a_file_that_is_far_too_large_is_not_read() {
    let told = config_error_for_bytes(&vec![b'#'; 1024 * 1024 + 1]);
    assert_eq!(told, "my.toml: is over 1048576 bytes, too large for a config");
}
