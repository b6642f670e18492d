//! Characters that do something to the text around them, in named sets, and a stranger's text without them.

/// Unicode's embeddings, overrides and isolates: left open, they turn the direction of all that follows. The marks that
/// say the direction of one letter are not among them: right-to-left texts need them.
/// Source: <https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters>.
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What a reader does not see, so that it can hide what a text is or says: direction controls and marks, soft hyphens,
/// spaces without width, annotations, tags, noncharacters. The joiners are not among them: scripts and emoji need them.
pub fn is_invisible(c: char) -> bool {
    let is_noncharacter = u32::from(c) & 0xfffe == 0xfffe || matches!(c, '\u{fdd0}'..='\u{fdef}');
    is_noncharacter
        || is_bidi_control(c)
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}')
}

/// The joiners, which change how the letters next to them are written and are not seen themselves.
pub fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// A stranger's text as one line of visible characters: each run of white space and control characters is one space, and
/// what cannot be seen is left out. The character in the place of an unreadable one becomes a question mark.
pub fn sanitize_to_visible_line(text: &str) -> String {
    let visible = text.chars().filter(|c| !is_invisible(*c)).map(|c| match c {
        '\u{fffd}' => '?',
        c if c.is_control() => ' ',
        c => c,
    });
    visible.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_set_has_what_its_reason_says() {
        for (c, is_bidi, is_unseen) in [
            ('\u{202e}', true, true),
            ('\u{2069}', true, true),
            ('\u{200f}', false, true),
            ('\u{61c}', false, true),
            ('\u{ad}', false, true),
            ('\u{200b}', false, true),
            ('\u{2060}', false, true),
            ('\u{feff}', false, true),
            ('\u{fffa}', false, true),
            ('\u{e0041}', false, true),
            ('\u{fdd0}', false, true),
            ('\u{1fffe}', false, true),
            ('\u{200c}', false, false),
            ('\u{200d}', false, false),
            ('\u{a0}', false, false),
            ('\u{fffd}', false, false),
            ('é', false, false),
        ] {
            assert_eq!((is_bidi_control(c), is_invisible(c)), (is_bidi, is_unseen), "{c:?}");
        }
        assert!(is_joiner('\u{200c}') && is_joiner('\u{200d}') && !is_joiner('\u{200b}'));
    }

    #[test]
    fn what_hides_or_turns_text_is_left_out() {
        for (text, line) in [
            ("a\r\nBcc: x@y.z", "a Bcc: x@y.z"),
            ("safe\u{202e}gpj.exe", "safegpj.exe"),
            ("\u{2066}x\u{2069}\u{200b}\u{feff}y", "xy"),
            ("a\u{0}b\u{7f}c\u{85}d\u{2028}e", "a b c d e"),
            (" a\n\tb\u{0}c \u{202E}d\u{2028}e ", "a b c d e"),
            ("\u{fffd}\u{ffff}\u{1fffe}\u{e0041}", "?"),
            ("نمی\u{200c}خواهم 👩\u{200d}🔬", "نمی\u{200c}خواهم 👩\u{200d}🔬"),
            ("  $\\ell_2$\t ", "$\\ell_2$"),
        ] {
            assert_eq!(sanitize_to_visible_line(text), line, "{text:?}");
        }
    }
}
