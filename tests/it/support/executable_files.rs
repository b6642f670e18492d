//! Programs that a test writes and then runs.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Writes a script that everybody may run. It is written by a process of its own: a program that some thread of this one
/// starts meanwhile would inherit the open file, and for as long as it has that, nothing can run the script ("text file
/// busy").
pub(crate) fn write_script(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut writer = Command::new("sh")
        .args(["-c", "cat > \"$0\" && chmod 755 \"$0\""])
        .arg(path)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    writer.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    assert!(writer.wait().unwrap().success(), "{} cannot be written", path.display());
}

/// Copies a program to where everybody may run it, in the same way.
pub(crate) fn copy_program(from: &Path, to: &Path) {
    let copied = Command::new("install").args(["-m", "755"]).args([from, to]).status().unwrap();
    assert!(copied.success(), "{} cannot be written", to.display());
}
