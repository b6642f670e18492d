//! Commands of running text that are given something: `\emph{words}`, `\footnote{words}`, `\cite{key}`.

use super::argument::{skip_option, split_braced, split_name};
use super::argument_reader::ArgumentReader;
use super::name_table_lookup::word_list_contains;
use super::sub_superscript::{ScriptPosition, to_sub_or_superscript};

/// Commands of which only what they are given is shown.
const BARE: &str = "emph textit textbf textsc texttt textrm textsf textsl textmd textup textnormal text mbox hbox fbox
    makebox framebox underline uline uwave sout st hl ul ulem textulc uppercase lowercase MakeUppercase MakeLowercase
    MakeTextUppercase url path nolinkurl ensuremath textquote centerline boxed mathrm mathbf mathit mathsf mathtt
    textcite foreignterm title section subsection subsubsection paragraph acs acl acf ac gls Gls glspl acp";

/// Commands whose first argument changes what the second looks like.
const BARE_SECOND: &str = "textcolor colorbox foreignlanguage scalebox fontsize raisebox";

/// Commands that show a number or a name which is not in the text: what they are given is shown in brackets.
const REFERENCES: &str = "cite citep citet citealp citealt citeauthor citeyear citeyearpar Cite Citep Citet parencite
    autocite onlinecite footcite supercite cites nocite ref eqref autoref cref Cref pageref nameref secref figref tabref";

/// Commands that show nothing.
const HIDDEN: &str =
    "label index vspace hspace vskip color phantom vphantom hphantom thanks bibliographystyle
    bibliography keywords begin end footnotemark input include usepackage pagestyle thispagestyle";

/// Spaces and line ends.
const SPACES: &str =
    "quad qquad enspace enskip thinspace newline linebreak par hfill smallskip medskip bigskip space
    nobreakspace newpage clearpage maketitle";

/// Shows the command that the text behind a backslash begins with; what follows it.
pub(super) fn write_command_with_argument<'t>(
    rest: &'t str,
    reader: ArgumentReader,
    out: &mut String,
) -> Option<&'t str> {
    let (name, behind) = split_name(rest);
    if word_list_contains(SPACES, name) {
        out.push(' ');
        return Some(behind.strip_prefix("{}").unwrap_or(behind).trim_start_matches(' '));
    }
    if reader.is_at_its_end() {
        return None;
    }
    let behind = skip_option(skip_option(behind.strip_prefix('*').unwrap_or(behind)));
    let (argument, after) = split_braced(behind.trim_start_matches(' '))?;
    let shown = |text: &str| reader.read(text);
    match name {
        _ if word_list_contains(BARE, name) => out.push_str(&shown(argument)),
        _ if word_list_contains(BARE_SECOND, name) => {
            // `\textcolor{red}WORDS`: the color alone is in braces.
            let Some((text, after)) = split_braced(after) else { return Some(after) };
            out.push_str(&shown(text));
            return Some(after);
        }
        _ if word_list_contains(REFERENCES, name) => {
            // A name that runs into the brackets reads badly.
            if out.ends_with(|c: char| c.is_alphanumeric()) {
                out.push(' ');
            }
            out.extend(["[", &shown(argument).replace(',', ", ").replace(",  ", ", "), "]"]);
        }
        _ if word_list_contains(HIDDEN, name) => {}
        "footnote" | "footnotetext" => out.extend([" (", shown(argument).trim(), ")"]),
        "enquote" => out.extend(["“", &shown(argument), "”"]),
        "href" => {
            let (text, after) = split_braced(after.trim_start())?;
            write_link(&argument.replace('\\', ""), &shown(text), out);
            return Some(after);
        }
        "textsuperscript" => write_script(ScriptPosition::Superscript, &shown(argument), out),
        "textsubscript" => write_script(ScriptPosition::Subscript, &shown(argument), out),
        "unicode" => out.push(char_of_number(argument)?),
        "texorpdfstring" => {
            let (text, after) = split_braced(after)?;
            out.push_str(&shown(text));
            return Some(after);
        }
        _ => return None,
    }
    Some(after)
}

/// Shows a command that an author made: what it is given, `\rev{words}`, or else its name, `We propose \method, which`.
pub(super) fn write_authors_command<'t>(
    rest: &'t str,
    reader: ArgumentReader,
    out: &mut String,
) -> Option<&'t str> {
    let (name, behind) = split_name(rest);
    let begins_word =
        !out.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ':' | '\\' | '/' | '.' | '_'));
    if name.len() < 2 || reader.is_at_its_end() || !begins_word {
        return None;
    }
    match split_braced(behind) {
        Some((argument, behind)) if !argument.trim().is_empty() => {
            out.push_str(&reader.read(argument));
            Some(behind)
        }
        braced => {
            let behind = braced.map_or(behind, |(_, behind)| behind);
            let ends_word =
                !behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '\\' | '{' | '['));
            ends_word.then(|| {
                out.push_str(name);
                behind
            })
        }
    }
}

/// A link's words, and its address unless they name it.
fn write_link(address: &str, words: &str, out: &mut String) {
    let bare = |text: &str| {
        let text = text.trim().trim_end_matches('/');
        let text = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
        text.strip_prefix("www.").unwrap_or(text).to_lowercase()
    };
    if bare(words) == bare(address) {
        out.push_str(address.trim());
    } else {
        out.extend([words.trim(), " (", address.trim(), ")"]);
    }
}

/// Small characters if there are any, else plain ones.
fn write_script(side: ScriptPosition, text: &str, out: &mut String) {
    let small = to_sub_or_superscript(side, text).filter(|small| !small.starts_with(['^', '_']));
    out.push_str(small.as_deref().unwrap_or(text));
}

/// `x2013`, `8211`: names of characters that `MathJax` has.
fn char_of_number(text: &str) -> Option<char> {
    let text = text.trim();
    let number = match text.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => text.parse().ok()?,
    };
    char::from_u32(number).filter(|c| !c.is_control())
}
