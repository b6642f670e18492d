//! References to characters by number, those among them that no XML may have.

/// What a reference by its number stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source) enum CharacterReference {
    /// A character, be it one that XML forbids.
    Character(char),
    /// The first half of a character that was written in two halves, as UTF-16 has it.
    FirstHalf(u32),
    /// The second half of such a one.
    SecondHalf(u32),
    /// No character at all.
    Nothing,
}

impl CharacterReference {
    /// The character that two halves make.
    pub(in crate::source) fn join_halves(first: u32, second: u32) -> Option<char> {
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    }
}

/// Reads what is between `&` and `;`; none if it is not a number but a name.
pub(in crate::source) fn parse_character_reference(reference: &str) -> Option<CharacterReference> {
    let digits = reference.strip_prefix('#')?;
    let number = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    Some(match number {
        Ok(first @ 0xd800..=0xdbff) => CharacterReference::FirstHalf(first),
        Ok(second @ 0xdc00..=0xdfff) => CharacterReference::SecondHalf(second),
        Ok(0) | Err(_) => CharacterReference::Nothing,
        Ok(number) => {
            char::from_u32(number).map_or(CharacterReference::Nothing, CharacterReference::Character)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::CharacterReference::{Character, FirstHalf, Nothing, SecondHalf};
    use super::*;

    #[test]
    fn a_number_is_a_character_half_of_one_or_none() {
        for (reference, read) in [
            ("amp", None),
            ("#945", Some(Character('α'))),
            ("#x3B1", Some(Character('α'))),
            ("#2", Some(Character('\u{2}'))),
            ("#xD83D", Some(FirstHalf(0xd83d))),
            ("#56832", Some(SecondHalf(0xde00))),
            ("#0", Some(Nothing)),
            ("#x110000", Some(Nothing)),
            ("#99999999999999999999", Some(Nothing)),
            ("#", Some(Nothing)),
            ("#xyz", Some(Nothing)),
        ] {
            assert_eq!(parse_character_reference(reference), read, "{reference}");
        }
        assert_eq!(CharacterReference::join_halves(0xd83d, 0xde00), Some('😀'));
    }
}
