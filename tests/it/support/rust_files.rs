//! The Rust files of the repository, for the tests that read them.

use std::fs;
use std::path::{Path, PathBuf};

/// Every Rust file below a folder of the repository, by its path from that folder, with its text.
pub(crate) fn rust_files(folder: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths = Vec::new();
    collect_rust_files(&folder, &mut paths);
    let relative = |path: &PathBuf| path.strip_prefix(&folder).unwrap().to_owned();
    paths.iter().map(|path| (relative(path), fs::read_to_string(path).unwrap())).collect()
}

fn collect_rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_rust_files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}
