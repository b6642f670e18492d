//! What a command is given: the text between two braces or brackets that belong together.

/// A longer argument is a text of its own, and its braces are somebody's mistake.
const ARGUMENT_BYTES_MAX: usize = 2_000;

/// `{inside}behind`: the inside and what follows it.
pub(in crate::render) fn split_braced(text: &str) -> Option<(&str, &str)> {
    split_paired(text, b'{', b'}')
}

/// `[inside]behind`: what follows an option, which is shown to nobody.
pub(super) fn skip_option(text: &str) -> &str {
    split_paired(text, b'[', b']').map_or(text, |(_, behind)| behind)
}

fn split_paired(text: &str, opening: u8, closing: u8) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&opening) {
        return None;
    }
    let (mut depth, mut is_escaped) = (0_u32, false);
    for (at, byte) in bytes.iter().copied().enumerate().take(ARGUMENT_BYTES_MAX) {
        let is_sign = !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        if is_sign && byte == opening {
            depth += 1;
        } else if is_sign && byte == closing {
            depth -= 1;
            if depth == 0 {
                return Some((&text[1..at], &text[at + 1..]));
            }
        }
    }
    None
}

/// The letters of a command's name, and what follows them.
pub(super) fn split_name(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len()))
}

/// What follows a command that has no argument: the space behind its name, or `{}`, only ends the name.
pub(super) fn skip_name_end(behind: &str) -> &str {
    behind.strip_prefix("{}").or_else(|| behind.strip_prefix(' ')).unwrap_or(behind)
}
