//! Which file of `src` imports which, read from the text alone: each file is a module by its path, and a path in its
//! code begins with `crate`, `self`, `super` or the name of a module below it.

use std::collections::{BTreeMap, BTreeSet};

/// The files that each file imports from.
pub(super) type Imports = BTreeMap<String, BTreeSet<String>>;

/// The files of `src` as modules. A module is named by its path from the root: `list::forge`, and "" for the root.
pub(super) struct ModuleTree {
    /// Each module's file, and its code without comments and tests.
    modules: BTreeMap<String, (String, String)>,
    /// Where a name leads that a module gives on: `list::forge::WritePace` to `list::forge::write_pace::WritePace`.
    reexports: BTreeMap<String, String>,
}

impl ModuleTree {
    /// The tree of these files, each with its code.
    pub(super) fn from_files(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let modules = files.into_iter().map(|(file, code)| (module_of(&file), (file, code))).collect();
        let mut tree = Self { modules, reexports: BTreeMap::new() };
        tree.reexports = tree.find_reexports();
        tree
    }

    fn find_reexports(&self) -> BTreeMap<String, String> {
        let all = self.modules.iter().flat_map(|(module, (_, code))| {
            let public = use_statements(code).into_iter().filter(|one| one.is_public);
            let leaves = public.flat_map(|one| use_tree_leaves(&one.tree));
            leaves.filter_map(move |(path, name)| {
                Some((join_path(module, &name), self.absolute_path(module, &path)?))
            })
        });
        all.collect()
    }

    /// What each file imports, by `use` or by a path in its code. A `pub use` gives a name on and imports nothing.
    pub(super) fn imports(&self) -> Imports {
        let mut imports = Imports::new();
        for (module, (file, code)) in &self.modules {
            let private = use_statements(code).into_iter().filter(|one| !one.is_public);
            let leaves = private.flat_map(|one| use_tree_leaves(&one.tree)).map(|(path, _)| path);
            let paths = leaves.chain(code_paths(code)).filter_map(|path| self.absolute_path(module, &path));
            let others = paths.map(|path| self.file_of(&path)).filter(|other| other != file);
            imports.insert(file.clone(), others.collect());
        }
        imports
    }

    /// A path as it is from the root; none for what is not of this crate.
    fn absolute_path(&self, module: &str, path: &str) -> Option<String> {
        let (first, rest) = path.split_once("::").unwrap_or((path, ""));
        let parent = module.rsplit_once("::").map_or("", |(parent, _)| parent);
        match first {
            "crate" => Some(rest.to_owned()),
            "self" => Some(join_path(module, rest)),
            "super" if rest == "super" || rest.starts_with("super::") => self.absolute_path(parent, rest),
            "super" => Some(join_path(parent, rest)),
            child if self.modules.contains_key(&join_path(module, child)) => Some(join_path(module, path)),
            _ => None,
        }
    }

    /// The file that declares what a path leads to, or that of the module that it names.
    fn file_of(&self, path: &str) -> String {
        let mut module = String::new();
        for name in path.split("::") {
            let next = join_path(&module, name);
            if self.modules.contains_key(&next) {
                module = next;
            } else if let Some(env) = self.reexports.get(&next) {
                return self.file_of(env);
            } else {
                break;
            }
        }
        self.modules[&module].0.clone()
    }
}

/// The imports, each by its file and the file that it imports, that lead back over others to where they begin.
pub(super) fn circular_imports(imports: &Imports) -> Vec<(&str, &str)> {
    let all = imports.iter().flat_map(|(file, others)| others.iter().map(|other| (&**file, &**other)));
    all.filter(|(file, other)| leads_to(imports, other, file)).collect()
}

fn leads_to(imports: &Imports, from: &str, to: &str) -> bool {
    let (mut seen, mut left) = (BTreeSet::new(), vec![from]);
    while let Some(file) = left.pop() {
        if file == to {
            return true;
        }
        if seen.insert(file) {
            left.extend(imports.get(file).into_iter().flatten().map(String::as_str));
        }
    }
    false
}

/// `list/forge/mod.rs` and `list/forge.rs` are both `list::forge`.
fn module_of(file: &str) -> String {
    let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
    if path == "lib" { String::new() } else { path.replace('/', "::") }
}

fn join_path(module: &str, path: &str) -> String {
    [module, path].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("::")
}

/// One `use`.
struct UseStatement {
    is_public: bool,
    /// `super::{error::GitError, run::Git}`.
    tree: String,
}

/// What is before the `use` in a statement, and the `use`, if there is one.
fn split_use(statement: &str) -> (&str, Option<UseStatement>) {
    let mut at = 0;
    for line in statement.split_inclusive('\n') {
        for start in ["use ", "pub use ", "pub(crate) use ", "pub(super) use "] {
            if line.trim_start().starts_with(start) {
                let tree = statement[at..].trim_start()[start.len()..].to_owned();
                return (&statement[..at], Some(UseStatement { is_public: start != "use ", tree }));
            }
        }
        at += line.len();
    }
    (statement, None)
}

fn use_statements(code: &str) -> Vec<UseStatement> {
    code.split(';').filter_map(|statement| split_use(statement).1).collect()
}

/// The paths that are in code, without those of its `use`s.
fn code_paths(code: &str) -> impl Iterator<Item = String> {
    let code = code.split(';').map(|statement| split_use(statement).0);
    let words = code.flat_map(|code| code.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')));
    words.filter(|word| word.contains("::")).map(|word| word.trim_end_matches(':').to_owned())
}

/// The paths of a tree, each with the name that it has here: `a::{b, c as d}` is `a::b` as `b` and `a::c` as `d`.
fn use_tree_leaves(tree: &str) -> Vec<(String, String)> {
    let Some((prefix, inside)) = tree.split_once('{') else {
        let (path, alias) = tree.split_once(" as ").unwrap_or((tree, ""));
        let path = path.trim().trim_end_matches("::self");
        let name = if alias.is_empty() { path.rsplit("::").next().unwrap_or(path) } else { alias.trim() };
        return vec![(path.to_owned(), name.to_owned())];
    };
    let inside = &inside[..inside.rfind('}').unwrap_or(inside.len())];
    let mut depth = 0;
    let parts = inside.split(|c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    parts
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .flat_map(|part| use_tree_leaves(&format!("{}{part}", prefix.trim())))
        .collect()
}
