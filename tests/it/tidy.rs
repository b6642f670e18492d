//! The borders of the top-level modules: what each module may call, which crates it may know, and what it must never
//! say. Reads `src/**`.

mod import_graph;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::rust_files::rust_files;
use import_graph::{ModuleTree, circular_imports};

/// A top-level module, the modules that it may call, and the crates from outside that it may know.
const MODULES: &[(&str, &[&str], &[&str])] = &[
    ("clock", &[], &["jiff", "tokio"]),
    ("regular_file", &[], &["rustix"]),
    (
        "domain",
        &[],
        &[
            "jiff",
            "strsim",
            "thiserror",
            "unicode_normalization",
            "unicode_segmentation",
            "unicode_width",
            "xxhash_rust",
        ],
    ),
    (
        "render",
        &["domain"],
        &[
            "base64",
            "html_escape",
            "jiff",
            "lettre",
            "mailparse",
            "memchr",
            "minijinja",
            "ring",
            "serde",
            "serde_json",
            "thiserror",
            "unicode_normalization",
            "unicode_width",
        ],
    ),
    (
        "config_table",
        &["domain", "regular_file"],
        &["jiff", "serde", "strsim", "thiserror", "toml", "unicode_width"],
    ),
    (
        "config",
        &["config_table", "domain", "sink", "network"],
        &["jiff", "reqwest", "serde", "thiserror", "toml", "toml_edit"],
    ),
    (
        "source",
        &["clock", "domain", "network"],
        &[
            "anyhow",
            "encoding_rs",
            "feed_rs",
            "html_escape",
            "httpdate",
            "jiff",
            "memchr",
            "quick_xml",
            "reqwest",
            "rustls",
            "serde",
            "serde_json",
            "thiserror",
            "tokio",
        ],
    ),
    (
        "store",
        &["domain", "regular_file"],
        &["anyhow", "jiff", "rusqlite", "rustix", "serde", "serde_json", "thiserror"],
    ),
    (
        "network",
        &["clock", "regular_file"],
        &[
            "anyhow",
            "httpdate",
            "jiff",
            "reqwest",
            "rustix",
            "rustls",
            "rustls_platform_verifier",
            "tokio",
            "webpki_root_certs",
        ],
    ),
    (
        "sink",
        &["clock", "config_table", "domain", "render", "network"],
        &[
            "anyhow",
            "base64",
            "httpdate",
            "jiff",
            "lettre",
            "reqwest",
            "ring",
            "rustls",
            "serde",
            "serde_json",
            "tokio",
            "tokio_rustls",
        ],
    ),
    (
        "list",
        &["clock", "domain", "regular_file", "network"],
        &[
            "anyhow",
            "base64",
            "jiff",
            "reqwest",
            "ring",
            "rustix",
            "rustls",
            "serde",
            "serde_json",
            "thiserror",
            "tokio",
        ],
    ),
    (
        "pipeline",
        &["clock", "domain", "list", "render", "sink", "source", "store"],
        &["anyhow", "backon", "jiff", "serde", "thiserror", "tracing"],
    ),
    (
        "http_server",
        &["clock", "domain", "render", "store"],
        &[
            "anyhow",
            "axum",
            "httpdate",
            "hyper",
            "hyper_util",
            "jiff",
            "prometheus_client",
            "ring",
            "serde",
            "thiserror",
            "tokio",
            "tower_http",
            "tracing",
        ],
    ),
    (
        "daemon",
        &[
            "clock",
            "config",
            "domain",
            "http_server",
            "list",
            "pipeline",
            "render",
            "sink",
            "source",
            "store",
        ],
        &[
            "anyhow",
            "axum",
            "fastrand",
            "jiff",
            "quick_xml",
            "rustix",
            "sd_notify",
            "serde",
            "serde_json",
            "tempfile",
            "thiserror",
            "tokio",
            "toml",
            "tracing",
        ],
    ),
    (
        "cli",
        &["clock", "config", "daemon", "domain", "http_server", "list", "pipeline", "render", "store"],
        &[
            "anyhow",
            "clap",
            "clap_complete",
            "clap_mangen",
            "indicatif",
            "jiff",
            "roff",
            "serde",
            "serde_json",
            "similar",
            "tempfile",
            "thiserror",
            "tokio",
            "tracing",
            "tracing_subscriber",
        ],
    ),
];

/// Crates that stay in one file or folder: the crontab's engine and the time type it brings, and the store's engine.
const CRATES_OF_ONE_PLACE: &[(&str, &str)] = &[
    ("cron", "domain/crontab/cron_crate_adapter.rs"),
    ("chrono", "domain/crontab/cron_crate_adapter.rs"),
    ("rusqlite", "store/sqlite/"),
];

/// Words, and the only modules or folders whose code may have them.
const WORDS: &[(&str, &[&str])] = &[
    ("SELECT ", &["store/sqlite"]),
    ("INSERT INTO", &["store/sqlite"]),
    ("rusqlite", &["store/sqlite"]),
    ("reqwest::Client", &["source"]),
    ("quick_xml", &["source", "daemon"]),
    ("Timestamp::now", &["clock"]),
    ("Zoned::now", &["clock"]),
    ("SystemTime::now", &["clock"]),
    ("Instant::now", &["clock"]),
    ("time::sleep", &["clock"]),
    ("std::env::", &["config", "config_table", "cli"]),
    ("<details>", &["render"]),
    ("std::fs::write", &[]),
];

#[test]
fn each_module_calls_only_the_modules_below_it() {
    for (file, module, code) in module_sources() {
        let Some((_, may_call, _)) = MODULES.iter().find(|(name, ..)| *name == module) else { continue };
        for called in MODULES.iter().map(|(name, ..)| *name).filter(|name| *name != module) {
            let calls =
                code.contains(&format!("crate::{called}::")) || code.contains(&format!("crate::{called};"));
            assert!(!calls || may_call.contains(&called), "{file}: {module} must not call {called}");
        }
    }
}

#[test]
fn each_module_knows_only_its_own_crates() {
    let all: Vec<&str> = MODULES.iter().flat_map(|(_, _, crates)| *crates).copied().collect();
    for (file, module, code) in module_sources() {
        let Some((_, _, may_know)) = MODULES.iter().find(|(name, ..)| *name == module) else { continue };
        for named in all.iter().filter(|named| !may_know.contains(named)) {
            assert!(!names_crate(&code, named), "{file}: {module} must not know {named}");
        }
        for (named, home) in CRATES_OF_ONE_PLACE {
            assert!(!names_crate(&code, named) || file.starts_with(home), "{file}: {named} stays in {home}");
        }
    }
}

#[test]
fn each_word_stays_in_the_module_that_knows_its_subject() {
    for (file, _, code) in module_sources() {
        for (word, places) in WORDS {
            let is_at_home = places.iter().any(|place| is_file_in(&file, place));
            assert!(!code.contains(word) || is_at_home, "{file}: `{word}` belongs in {places:?}");
        }
    }
}

/// Whether a file is this module or folder, or is in it.
fn is_file_in(file: &str, place: &str) -> bool {
    file.strip_prefix(place).is_some_and(|rest| rest.starts_with(['/', '.']))
}

#[test]
fn every_module_says_what_it_knows_and_what_it_must_never_know() {
    for (module, ..) in MODULES.iter().filter(|(module, ..)| source_folder().join(module).is_dir()) {
        let opening = fs::read_to_string(source_folder().join(module).join("mod.rs")).unwrap();
        assert!(opening.starts_with("//! "), "{module}/mod.rs opens with what it is");
        let says = opening.lines().take_while(|line| line.starts_with("//!")).collect::<String>();
        assert!(
            says.contains("must never") || says.contains("Knows nothing of"),
            "{module}/mod.rs says what it must never know"
        );
    }
}

#[test]
fn nothing_is_left_undone_or_switched_off() {
    for (file, _, code) in module_sources() {
        for word in ["todo!(", "unimplemented!(", "#[ignore", "#[allow(", "dbg!("] {
            assert!(!code.contains(word), "{file}: {word}");
        }
    }
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let files = module_sources().into_iter().filter(|(file, ..)| file != "main.rs");
    let imports = ModuleTree::from_files(files.map(|(file, _, code)| (file, code))).imports();
    let circular = circular_imports(&imports);
    assert!(
        imports.values().map(BTreeSet::len).sum::<usize>() > 500,
        "the imports are where this test looks"
    );
    let lines = circular.iter().map(|(file, other)| format!("{file} imports {other}\n"));
    assert!(circular.is_empty(), "files import each other in a circle:\n{}", lines.collect::<String>());
}

#[test]
fn no_two_types_share_a_name() {
    let mut homes: BTreeMap<String, String> = BTreeMap::new();
    for (file, text) in program_files() {
        let code = without_comments(&text);
        // An associated type has the name that its trait gives it.
        for name in declared_types(&code).filter(|name| !["Err", "Value"].contains(name)) {
            let other = homes.insert(name.to_owned(), file.clone());
            assert!(other.is_none(), "{name} is a type of {file} and of {}", other.unwrap());
        }
    }
    assert!(homes.len() > 300, "the types are where this test looks");
}

#[test]
fn the_name_of_each_error_type_ends_in_error() {
    let all: Vec<_> =
        program_files().into_iter().map(|(file, text)| (file, without_comments(&text))).collect();
    let errors: Vec<_> =
        all.iter().flat_map(|(file, code)| error_types(code).map(move |name| (file, name))).collect();
    assert!(errors.len() > 15, "the errors are where this test looks");
    for (file, name) in errors {
        assert!(name.ends_with("Error"), "{file}: {name} is an error, and its name does not say so");
    }
}

/// The names of the types that the code declares.
fn declared_types(code: &str) -> impl Iterator<Item = &str> {
    const KEYWORDS: [&str; 5] = ["struct", "enum", "trait", "type", "union"];
    code.lines().filter_map(|line| {
        let mut words = line.split_whitespace().skip_while(|word| word.starts_with("pub"));
        words.next().filter(|word| KEYWORDS.contains(word))?;
        words.next().map(leading_identifier)
    })
}

/// The names of the types that are errors by `derive` or by `impl`.
fn error_types(code: &str) -> impl Iterator<Item = &str> {
    let derived = code.split("#[derive(").skip(1).filter_map(|rest| {
        let (derived, item) = rest.split_once(")]")?;
        let is_error = derived.split(',').any(|one| one.trim().rsplit("::").next() == Some("Error"));
        if is_error { declared_types(item).next() } else { None }
    });
    let implemented = code.lines().filter_map(|line| {
        let (of, name) = line.trim_start().strip_prefix("impl")?.split_once(" for ")?;
        of.ends_with("Error").then(|| leading_identifier(name))
    });
    derived.chain(implemented)
}

/// The identifier that a text begins with.
fn leading_identifier(text: &str) -> &str {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default()
}

/// Whether the code imports a crate or calls into it by its path.
fn names_crate(code: &str, named: &str) -> bool {
    code.lines().any(|line| {
        line.match_indices(&format!("{named}::")).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            before.is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == ':'))
        })
    })
}

/// Every file of the program with the module that it is in, without its comments and its tests.
fn module_sources() -> Vec<(String, String, String)> {
    let found = program_files()
        .into_iter()
        .filter(|(name, _)| !name.ends_with("/tests.rs") && !name.contains("/tests/"));
    let sources = found.map(|(name, text)| {
        let module = name.split(['/', '.']).next().unwrap().to_owned();
        let code = without_comments(text.split("#[cfg(test)]\nmod tests {").next().unwrap());
        (name, module, code)
    });
    sources.collect()
}

fn without_comments(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Every file of the program with its text.
fn program_files() -> Vec<(String, String)> {
    let files = rust_files("src");
    assert!(files.len() > 20, "the sources are where this test looks");
    files.into_iter().map(|(file, text)| (file.display().to_string(), text)).collect()
}

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}
