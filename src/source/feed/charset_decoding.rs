//! From bytes to text. Feeds lie about their encoding: what the bytes themselves say weighs more than what is said of them.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::error::FeedError;
use super::limits::BODY_BYTES_MAX;

/// How far into a document its declaration is looked for.
const DECLARATION_BYTES: usize = 1024;

/// Text in an encoding of several bytes for a character may be UTF-8 by chance, if it is as short as this.
const CHANCE_CHARS: usize = 8;

/// As much as is decoded at once.
const PIECE_BYTES: usize = 64 * 1024;

/// A document as text, and what had to be done to make it so.
#[derive(Debug)]
pub(super) struct DecodedText<'b> {
    pub(super) text: Cow<'b, str>,
    pub(super) notes: Vec<String>,
}

/// Decodes a document: by its byte order mark, else by what HTTP and the document itself say, else by trial.
/// What no XML may hold is dropped. What already is UTF-8 is not copied.
pub(super) fn decode_body<'b>(
    body: Cow<'b, [u8]>,
    charset: Option<&str>,
) -> Result<DecodedText<'b>, FeedError> {
    let mut notes = Vec::new();
    let text = decode_bytes(body, charset, &mut notes)?;
    let text = drop_control_characters(text, &mut notes);
    Ok(DecodedText { text, notes })
}

fn decode_bytes<'b>(
    body: Cow<'b, [u8]>,
    charset: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<Cow<'b, str>, FeedError> {
    if let Some((encoding, bytes)) = Encoding::for_bom(&body) {
        return decode_lossily(encoding, without_leading_bytes(body, bytes), notes);
    }
    match &*body {
        [b'<', 0, ..] => return decode_lossily(UTF_16LE, body, notes),
        [0, b'<', ..] => return decode_lossily(UTF_16BE, body, notes),
        _ => {}
    }
    let named: Vec<&'static Encoding> = [charset.map(str::as_bytes), declared_encoding(&body)]
        .into_iter()
        .flatten()
        .filter_map(Encoding::for_label)
        .filter(|encoding| ![UTF_16LE, UTF_16BE].contains(encoding))
        .collect();
    match utf8_or_original_bytes(body) {
        Ok(text) => choose_utf8_or_named_charset(text, &named, notes),
        Err(body) => decode_other_encoding(body, &named, notes),
    }
}

fn without_leading_bytes(body: Cow<'_, [u8]>, bytes: usize) -> Cow<'_, [u8]> {
    match body {
        Cow::Borrowed(body) => Cow::Borrowed(&body[bytes..]),
        Cow::Owned(mut body) => {
            body.drain(..bytes);
            Cow::Owned(body)
        }
    }
}

fn utf8_or_original_bytes(body: Cow<'_, [u8]>) -> Result<Cow<'_, str>, Cow<'_, [u8]>> {
    match body {
        Cow::Borrowed(body) => std::str::from_utf8(body).map(Cow::Borrowed).map_err(|_| Cow::Borrowed(body)),
        Cow::Owned(body) => {
            String::from_utf8(body).map(Cow::Owned).map_err(|error| Cow::Owned(error.into_bytes()))
        }
    }
}

/// Bytes that are sound UTF-8 and not all ASCII are hardly ever anything else.
fn choose_utf8_or_named_charset<'b>(
    text: Cow<'b, str>,
    named: &[&'static Encoding],
    notes: &mut Vec<String>,
) -> Result<Cow<'b, str>, FeedError> {
    let Some(other) = named.iter().find(|encoding| **encoding != UTF_8) else { return Ok(text) };
    let foreign = text.chars().filter(|c| !c.is_ascii()).take(CHANCE_CHARS).count();
    if !other.is_single_byte()
        && foreign < CHANCE_CHARS
        && let (decoded, false) = decode_with_encoding(other, text.as_bytes())?
    {
        return Ok(Cow::Owned(decoded));
    }
    if foreign > 0 {
        notes.push(format!("it is said to be {}, and is UTF-8", other.name()));
    }
    Ok(text)
}

fn decode_other_encoding<'b>(
    body: Cow<'b, [u8]>,
    named: &[&'static Encoding],
    notes: &mut Vec<String>,
) -> Result<Cow<'b, str>, FeedError> {
    let others = || named.iter().filter(|encoding| **encoding != UTF_8);
    // An encoding of one byte for a character takes any bytes; one of several takes hardly any but its own.
    for encoding in others().filter(|e| !e.is_single_byte()).chain(others().filter(|e| e.is_single_byte())) {
        if let (decoded, false) = decode_with_encoding(encoding, &body)? {
            return Ok(Cow::Owned(decoded));
        }
    }
    if let Some(encoding) = others().next() {
        return decode_lossily(encoding, body, notes);
    }
    if is_mostly_utf8(&body) {
        return decode_lossily(UTF_8, body, notes);
    }
    notes.push("its bytes are not UTF-8 and are read as windows-1252".to_owned());
    decode_lossily(WINDOWS_1252, body, notes)
}

fn decode_lossily<'b>(
    encoding: &'static Encoding,
    body: Cow<'b, [u8]>,
    notes: &mut Vec<String>,
) -> Result<Cow<'b, str>, FeedError> {
    let body = match utf8_or_original_bytes(body) {
        Ok(text) if encoding == UTF_8 => return Ok(text),
        Ok(Cow::Borrowed(text)) => Cow::Borrowed(text.as_bytes()),
        Ok(Cow::Owned(text)) => Cow::Owned(text.into_bytes()),
        Err(body) => body,
    };
    let (decoded, is_lossy) = decode_with_encoding(encoding, &body)?;
    if is_lossy {
        notes.push(format!("some of its bytes are not {}, and were replaced", encoding.name()));
    }
    Ok(Cow::Owned(decoded))
}

/// The text, and whether bytes of it had to be replaced. It is decoded piece by piece, so that no more of its room is used
/// than there is text.
fn decode_with_encoding(encoding: &'static Encoding, body: &[u8]) -> Result<(String, bool), FeedError> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length(body.len()).unwrap_or(usize::MAX);
    let room_for_piece = decoder.max_utf8_buffer_length(PIECE_BYTES).unwrap_or(usize::MAX);
    let mut text = String::with_capacity(room.min(BODY_BYTES_MAX + room_for_piece));
    let mut is_lossy = false;
    let mut rest = body;
    loop {
        let (piece, behind) = rest.split_at(rest.len().min(PIECE_BYTES));
        // There is room for all of it.
        let (_, _, is_replaced) = decoder.decode_to_string(piece, &mut text, behind.is_empty());
        is_lossy |= is_replaced;
        if text.len() > BODY_BYTES_MAX {
            let words = format!("as UTF-8 it has more than {} MiB", BODY_BYTES_MAX >> 20);
            return Err(FeedError::PastLimit(words));
        }
        if behind.is_empty() {
            text.shrink_to_fit();
            return Ok((text, is_lossy));
        }
        rest = behind;
    }
}

/// Whether more characters of several bytes are sound than are not: a damaged text, and not one of another encoding.
fn is_mostly_utf8(body: &[u8]) -> bool {
    let (sound, broken) = body.utf8_chunks().fold((0, 0), |(sound, broken), chunk| {
        let multibyte = chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        (sound + multibyte, broken + usize::from(!chunk.invalid().is_empty()))
    });
    sound > broken
}

/// The name in `<?xml … encoding="…"?>`.
fn declared_encoding(body: &[u8]) -> Option<&[u8]> {
    let head = &body[..body.len().min(DECLARATION_BYTES)];
    let start = memchr::memmem::find(head, b"<?xml")?;
    let head = &head[start..];
    let head = &head[..memchr::memmem::find(head, b"?>")?];
    let rest = head[memchr::memmem::find(head, b"encoding")? + b"encoding".len()..].trim_ascii_start();
    let rest = rest.strip_prefix(b"=")?.trim_ascii_start();
    let (quote, rest) = rest.split_first()?;
    let end = rest.iter().position(|byte| byte == quote)?;
    Some(&rest[..end])
}

fn drop_control_characters<'b>(text: Cow<'b, str>, notes: &mut Vec<String>) -> Cow<'b, str> {
    let is_bad_byte = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
    let (words, rest) = text.as_bytes().as_chunks();
    let is_bad_word = |word: &[u8; 8]| has_control_byte(*word) && word.iter().any(|byte| is_bad_byte(*byte));
    let has_bad_byte = words.iter().any(is_bad_word) || rest.iter().any(|byte| is_bad_byte(*byte));
    // The other two begin with 0xef.
    if !has_bad_byte && memchr::memchr(0xef, text.as_bytes()).is_none() {
        return text;
    }
    let is_bad = |c: char| matches!(c, '\u{fffe}' | '\u{ffff}') || u8::try_from(c).is_ok_and(is_bad_byte);
    let count = text.chars().filter(|c| is_bad(*c)).count();
    if count == 0 {
        return text;
    }
    notes.push(format!("{count} control characters were dropped"));
    let mut text = text.into_owned();
    text.retain(|c| !is_bad(c));
    Cow::Owned(text)
}

const BLANKS: u64 = u64::from_ne_bytes([b' '; 8]);
const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);

/// Whether one of eight bytes is less than a blank, without a look at each: only of such a one can what is less by a blank
/// have a high bit that it does not have itself.
fn has_control_byte(word: [u8; 8]) -> bool {
    let word = u64::from_ne_bytes(word);
    word.wrapping_sub(BLANKS) & !word & HIGH_BITS != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode_text(body: &[u8], charset: Option<&str>) -> (String, usize) {
        let decoded = decode_body(body.into(), charset).unwrap();
        (decoded.text.rsplit("?>").next().unwrap().to_owned(), decoded.notes.len())
    }

    #[test]
    fn bytes_are_read_as_what_they_are() {
        let says = |encoding: &str, text: &[u8]| {
            [format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>").as_bytes(), text].concat()
        };
        let (gbk, ..) = encoding_rs::GBK.encode("王小明的论文标题");
        let (sjis, ..) = encoding_rs::SHIFT_JIS.encode("論文");
        let utf16: Vec<u8> = "\u{feff}Caf\u{e9}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (body, charset, text, notes) in [
            ("Café".as_bytes().to_vec(), None, "Café", 0),
            (b"Caf\xe9".to_vec(), None, "Café", 1),
            (b"Caf\xe9".to_vec(), Some("iso-8859-1"), "Café", 0),
            (b"Caf\xe9".to_vec(), Some("utf-8"), "Café", 1),
            (says("utf-8", b"Caf\xe9 \x93x\x94"), None, "Café “x”", 1),
            (says("ISO-8859-1", "Café".as_bytes()), None, "Café", 1),
            (says("utf-16", "Café".as_bytes()), None, "Café", 0),
            (says("x-user-foo", b"plain"), None, "plain", 0),
            (says("GBK", &gbk), None, "王小明的论文标题", 0),
            (says("GBK", &gbk), Some("iso-8859-1"), "王小明的论文标题", 0),
            (says("Shift_JIS", &sjis), Some("utf-8"), "論文", 0),
            (says("GBK", "王小明".as_bytes()), None, "王小明", 1),
            (says("ISO-2022-JP", b"plain"), None, "plain", 0),
            (utf16, None, "Café", 0),
            ("\u{feff}Café".as_bytes().to_vec(), Some("latin1"), "Café", 0),
            (b"a\0b\x08c\x1b".to_vec(), None, "abc", 1),
            ([b"\xff".as_slice(), "é ü ö".as_bytes()].concat(), None, "\u{fffd}é ü ö", 1),
        ] {
            assert_eq!(
                decode_text(&body, charset),
                (text.to_owned(), notes),
                "{}",
                String::from_utf8_lossy(&body)
            );
        }
    }
}
