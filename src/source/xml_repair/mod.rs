//! Mending the XML of others where that is safe: what one careless character, byte or entity breaks. Knows bytes and
//! characters; must never know what an element is for.

mod escape_bare_markup;
mod html_entities;
mod invalid_character_references;
mod invalid_utf8;

pub(in crate::source) use escape_bare_markup::{RepairedXml, escape_bare_xml_markup};
pub(in crate::source) use html_entities::{decode_entities, decode_entities_into};
pub(in crate::source) use invalid_character_references::{CharacterReference, parse_character_reference};
pub(in crate::source) use invalid_utf8::decode_utf8_with_stray_bytes;
