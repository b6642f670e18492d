//! A look over a text that finds quickly that most texts need no change to be one line.

/// Whether a text is one line as it is: printable ASCII, its words parted by one space, none at
/// the ends. It never stops early, so that the compiler can look at many bytes at once.
pub fn is_plain_line(text: &str) -> bool {
    let bytes = text.as_bytes();
    let odd = bytes.iter().fold(0, |odd, byte| odd | u8::from(!(b' '..=b'~').contains(byte)));
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    let doubled = pairs.fold(0, |doubled, (a, b)| doubled | (u8::from(*a == b' ') & u8::from(*b == b' ')));
    odd == 0 && doubled == 0 && !text.starts_with(' ') && !text.ends_with(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_one_line_already_passes() {
        for text in ["", "a", "two words", "~!|", "0123456789 ".repeat(9).trim_end()] {
            assert!(is_plain_line(text), "{text:?}");
        }
        for text in [" ", " a", "a ", "two  words", "a\nb", "a\tb", "é", "del\u{7f}", "nul\0"] {
            assert!(!is_plain_line(text), "{text:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_found_at_every_place() {
        let plain = "0123456789".repeat(7);
        for at in 0..plain.len() {
            for wrong in ["\n", "\u{e9}", "  "] {
                let mut text = plain.clone();
                text.insert_str(at, wrong);
                assert!(!is_plain_line(&text), "{wrong:?} at {at}");
            }
        }
    }
}
