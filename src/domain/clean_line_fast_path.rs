//! A look over a text that finds quickly that most texts need no change to be one line.

/// So many bytes are looked at in one step.
const STEP: usize = size_of::<u64>();

/// The same in each byte of a step.
const fn repeat_byte(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; STEP])
}

/// Whether a text is one line as it is: printable ASCII, its words parted by one space, none at
/// the ends. It looks at eight bytes in one step, however the compiler is told to optimise.
pub fn is_clean_ascii_line(text: &str) -> bool {
    let (steps, rest) = text.as_bytes().as_chunks();
    // The rest is filled up with what is plain.
    let mut last = [b'x'; STEP];
    last[..rest.len()].copy_from_slice(rest);
    let mut after_space = 1;
    for step in steps.iter().chain([&last]) {
        let bytes = u64::from_le_bytes(*step);
        let spaces = high_bits_of_zero_bytes(bytes ^ repeat_byte(b' ')) >> 7;
        let doubled = spaces & (spaces << 8 | after_space);
        after_space = spaces >> 56;
        if has_unprintable_byte(bytes) || doubled != 0 {
            return false;
        }
    }
    !text.ends_with(' ')
}

/// The highest bit of each byte that is zero. Source: "Bit Twiddling Hacks" by Sean Eron Anderson, *Determine if a word has
/// a zero byte*, in the form that is exact for every byte.
fn high_bits_of_zero_bytes(bytes: u64) -> u64 {
    let low_bits = repeat_byte(0x7f);
    !(((bytes & low_bits) + low_bits) | bytes | low_bits)
}

/// Whether a byte is none from the space to the tilde. Where no byte has its highest bit, subtracting the space borrows it
/// from the first that is less, and adding one sets it in a delete.
fn has_unprintable_byte(bytes: u64) -> bool {
    let less = bytes.wrapping_sub(repeat_byte(b' '));
    let greater = bytes.wrapping_add(repeat_byte(1));
    (bytes | less | greater) & repeat_byte(0x80) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_one_line_already_passes() {
        for text in ["", "a", "two words", "~!|", "0123456789 ".repeat(9).trim_end()] {
            assert!(is_clean_ascii_line(text), "{text:?}");
        }
        for text in [" ", " a", "a ", "two  words", "a\nb", "a\tb", "é", "del\u{7f}", "nul\0"] {
            assert!(!is_clean_ascii_line(text), "{text:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_found_at_every_place() {
        let plain = "0123456789".repeat(7);
        for at in 0..plain.len() {
            for wrong in ["\n", "\u{e9}", "  "] {
                let mut text = plain.clone();
                text.insert_str(at, wrong);
                assert!(!is_clean_ascii_line(&text), "{wrong:?} at {at}");
            }
        }
    }

    #[test]
    fn each_character_is_judged_by_what_it_is_whatever_is_next_to_it() {
        for c in '\0'..='\u{ff}' {
            for next in ['\0', '\u{1f}', ' ', '!', '~', '\u{7f}', 'é'] {
                let plain = |c: char| (' '..='~').contains(&c);
                let is_plain = plain(c) && plain(next) && (c, next) != (' ', ' ');
                assert_eq!(is_clean_ascii_line(&format!("ab{c}{next}cdefghi")), is_plain, "{c:?} {next:?}");
            }
        }
    }
}
