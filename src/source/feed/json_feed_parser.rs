//! The second pass over a JSON Feed: numbers for identifiers, no title, attachments without a type.
//! The format: <https://www.jsonfeed.org/version/1.1/>.

use std::fmt;
use std::io::Cursor;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::document_root::feed_text_excerpt;
use super::element_text::truncate_to_bytes;
use super::error::FeedError;
use super::feed_field::FeedField;
use super::item_batch_parsing::{BATCH_BYTES, ItemBatches};
use super::limits::ENTRIES_MAX;
use super::namespace::FeedVocabulary;
use super::raw_feed::{FeedSyntax, RawElement, RawElementAttribute, RawFeedHeader, RawItem, RawTextFormat};

/// The longest text that is read, as of an element of XML.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// The longest item that is read. To read it takes as much memory again.
const ITEM_BYTES_MAX: usize = 4 << 20;

/// The authors of a feed as a whole: a laboratory, the writers of a blog.
const FEED_AUTHORS_BYTES_MAX: usize = 2 << 10;

/// What feed-rs is given around a batch of items.
const BATCH_START: &str = "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"\",\"items\":[";

/// Reads a document, whole or not at all, and its items into the batches.
pub(super) fn read_json_feed(
    text: &str,
    items: &mut ItemBatches<'_, '_>,
) -> Result<RawFeedHeader, FeedError> {
    let feed: ParsedJsonFeed = serde_json::from_str(text).map_err(|error| json_error(&error, text.len()))?;
    if !feed.version.0.contains("jsonfeed.org") && feed.items.is_none() {
        return Err(FeedError::NotAFeed("JSON".to_owned()));
    }
    let Some(list) = feed.items else {
        return Err(FeedError::Broken("a JSON Feed without its list of items".to_owned()));
    };
    let mut header = RawItem::default();
    push_json_text_as_element(&mut header, FeedField::Title, RawTextFormat::Html, feed.title);
    push_json_text_as_element(&mut header, FeedField::Link, RawTextFormat::Plain, feed.home_page_url);
    push_json_text_as_element(&mut header, FeedField::Language, RawTextFormat::Plain, feed.language);
    let authors = feed_authors(feed.authors.0.into_iter().chain([feed.author]));
    let mut gaps = Vec::new();
    let mut batch = BATCH_START.to_owned();
    for item in &list.kept {
        if items.is_full() {
            items.count_items_not_read(1);
            continue;
        }
        let item = item.get();
        if item.len() > ITEM_BYTES_MAX {
            gaps.push(format!("an item has {} MiB, and is not read", item.len() >> 20));
            continue;
        }
        let read = serde_json::from_str(item).map_err(|error| json_error(&error, text.len()))?;
        items.add(to_raw_item(read, &authors));
        if batch.len() > BATCH_START.len() {
            batch.push(',');
        }
        batch.push_str(item);
        if batch.len() >= BATCH_BYTES || items.is_batch_memory_full() {
            finish_item_batch(&mut batch, items);
        }
    }
    finish_item_batch(&mut batch, items);
    items.count_items_not_read(list.count - list.kept.len());
    Ok(RawFeedHeader { format: FeedSyntax::Json, header, notes: Vec::new(), gaps })
}

/// The authors that are those of each item without any: as many as may be copied into each.
fn feed_authors(all: impl Iterator<Item = JsonAuthor>) -> Vec<JsonAuthor> {
    let mut bytes = 0;
    let mut has_room = |author: &JsonAuthor| {
        bytes += author.name.0.len();
        bytes <= FEED_AUTHORS_BYTES_MAX
    };
    all.take_while(|author| has_room(author)).collect()
}

fn finish_item_batch(batch: &mut String, items: &mut ItemBatches<'_, '_>) {
    let document = std::mem::replace(batch, BATCH_START.to_owned()) + "]}";
    let bytes = document.len();
    items.finish_item_batch(Cursor::new(document), bytes);
}

fn json_error(error: &serde_json::Error, bytes: usize) -> FeedError {
    if error.is_eof() {
        FeedError::CutOff(bytes)
    } else {
        FeedError::Broken(feed_text_excerpt(&error.to_string()))
    }
}

fn to_raw_item(item: JsonItem, of_the_feed: &[JsonAuthor]) -> RawItem {
    let mut raw = RawItem::default();
    push_json_text_as_element(&mut raw, FeedField::Guid, RawTextFormat::Plain, item.id);
    push_json_text_as_element(&mut raw, FeedField::Link, RawTextFormat::Plain, item.url);
    push_json_text_as_element(&mut raw, FeedField::Link, RawTextFormat::Plain, item.external_url);
    push_json_text_as_element(&mut raw, FeedField::Title, RawTextFormat::Html, item.title);
    push_json_text_as_element(&mut raw, FeedField::Content, RawTextFormat::Html, item.content_html);
    push_json_text_as_element(&mut raw, FeedField::Content, RawTextFormat::Plain, item.content_text);
    push_json_text_as_element(&mut raw, FeedField::Summary, RawTextFormat::Plain, item.summary);
    push_json_text_as_element(&mut raw, FeedField::Published, RawTextFormat::Plain, item.date_published);
    push_json_text_as_element(&mut raw, FeedField::Updated, RawTextFormat::Plain, item.date_modified);
    push_json_text_as_element(&mut raw, FeedField::Doi, RawTextFormat::Plain, item.doi);
    push_json_text_as_element(&mut raw, FeedField::Doi, RawTextFormat::Plain, item.doi_extension);
    for author in item.authors.0.into_iter().chain([item.author]) {
        push_json_text_as_element(&mut raw, FeedField::Creator, RawTextFormat::Plain, author.name);
    }
    if raw.first_text(FeedField::Creator).is_none() {
        for author in of_the_feed {
            push_json_text_as_element(
                &mut raw,
                FeedField::Creator,
                RawTextFormat::Plain,
                author.name.clone(),
            );
        }
    }
    for tag in item.tags.0 {
        push_json_text_as_element(&mut raw, FeedField::Category, RawTextFormat::Plain, tag);
    }
    for attachment in item.attachments.0 {
        let mut leaf = raw_element_from_json(FeedField::Link, RawTextFormat::Plain, attachment.url.0);
        leaf.attributes.push((RawElementAttribute::Rel, "enclosure".to_owned()));
        if !attachment.mime_type.0.is_empty() {
            leaf.attributes.push((RawElementAttribute::MediaType, attachment.mime_type.0));
        }
        raw.push(leaf);
    }
    raw
}

fn push_json_text_as_element(
    item: &mut RawItem,
    field: FeedField,
    shape: RawTextFormat,
    mut text: JsonTextOrNumber,
) {
    text.0.truncate(text.0.floor_char_boundary(item.bytes_left_for_field(field)));
    if !text.0.is_empty() {
        item.push(raw_element_from_json(field, shape, text.0));
    }
}

fn raw_element_from_json(field: FeedField, shape: RawTextFormat, text: String) -> RawElement {
    RawElement { field, vocabulary: FeedVocabulary::Core, text, shape, attributes: Vec::new() }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ParsedJsonFeed<'t> {
    version: JsonTextOrNumber,
    title: JsonTextOrNumber,
    home_page_url: JsonTextOrNumber,
    language: JsonTextOrNumber,
    author: JsonAuthor,
    authors: LenientJsonList<JsonAuthor>,
    #[serde(borrow)]
    items: Option<JsonItems<'t>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct JsonItem {
    id: JsonTextOrNumber,
    url: JsonTextOrNumber,
    external_url: JsonTextOrNumber,
    title: JsonTextOrNumber,
    content_html: JsonTextOrNumber,
    content_text: JsonTextOrNumber,
    summary: JsonTextOrNumber,
    date_published: JsonTextOrNumber,
    date_modified: JsonTextOrNumber,
    doi: JsonTextOrNumber,
    /// Names of extensions begin so.
    #[serde(rename = "_doi")]
    doi_extension: JsonTextOrNumber,
    author: JsonAuthor,
    authors: LenientJsonList<JsonAuthor>,
    tags: LenientJsonList<JsonTextOrNumber>,
    attachments: LenientJsonList<JsonAttachment>,
}

/// `{"name": …}`, or the name alone.
#[derive(Debug, Default, Clone)]
struct JsonAuthor {
    name: JsonTextOrNumber,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct JsonAttachment {
    url: JsonTextOrNumber,
    mime_type: JsonTextOrNumber,
}

/// A text, or a number as text. Anything else is no text, and no reason to refuse the feed.
#[derive(Debug, Default, Clone)]
struct JsonTextOrNumber(String);

/// A list, of which at most [`ENTRIES_MAX`] are kept. Anything else is an empty one.
#[derive(Debug)]
struct LenientJsonList<T>(Vec<T>);

impl<T> Default for LenientJsonList<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// The items that are read, as they are written, and how many there are.
#[derive(Debug)]
struct JsonItems<'t> {
    kept: Vec<&'t RawValue>,
    count: usize,
}

impl<'de> Deserialize<'de> for JsonTextOrNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonTextVisitor)
    }
}

struct JsonTextVisitor;

impl<'de> Visitor<'de> for JsonTextVisitor {
    type Value = JsonTextOrNumber;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, text: &str) -> Result<JsonTextOrNumber, E> {
        Ok(JsonTextOrNumber(truncate_to_bytes(text, TEXT_BYTES_MAX).to_owned()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<JsonTextOrNumber, E> {
        Ok(JsonTextOrNumber(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<JsonTextOrNumber, E> {
        Ok(JsonTextOrNumber(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<JsonTextOrNumber, E> {
        Ok(JsonTextOrNumber(number.to_string()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<JsonTextOrNumber, E> {
        Ok(JsonTextOrNumber::default())
    }

    fn visit_unit<E>(self) -> Result<JsonTextOrNumber, E> {
        Ok(JsonTextOrNumber::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<JsonTextOrNumber, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(JsonTextOrNumber::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonTextOrNumber, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(JsonTextOrNumber::default())
    }
}

impl<'de> Deserialize<'de> for JsonAuthor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AuthorVisitor;
        impl<'de> Visitor<'de> for AuthorVisitor {
            type Value = JsonAuthor;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an author")
            }

            fn visit_str<E>(self, name: &str) -> Result<JsonAuthor, E> {
                Ok(JsonAuthor { name: JsonTextOrNumber(truncate_to_bytes(name, TEXT_BYTES_MAX).to_owned()) })
            }

            fn visit_unit<E>(self) -> Result<JsonAuthor, E> {
                Ok(JsonAuthor::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonAuthor, A::Error> {
                let mut author = JsonAuthor::default();
                while let Some(key) = map.next_key::<String>()? {
                    if key == "name" {
                        author.name = map.next_value()?;
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(author)
            }
        }
        deserializer.deserialize_any(AuthorVisitor)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for LenientJsonList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = deserializer.deserialize_any(ListVisitor(std::marker::PhantomData))?;
        Ok(Self(items.map(|(kept, _)| kept).unwrap_or_default()))
    }
}

impl<'de: 't, 't> Deserialize<'de> for JsonItems<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = deserializer.deserialize_any(ListVisitor(std::marker::PhantomData))?;
        let (kept, count) = items.ok_or_else(|| serde::de::Error::custom("`items` is no list"))?;
        Ok(Self { kept, count })
    }
}

struct ListVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = Option<(Vec<T>, usize)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut kept = Vec::new();
        while kept.len() < ENTRIES_MAX {
            match list.next_element()? {
                Some(one) => kept.push(one),
                None => break,
            }
        }
        let mut count = kept.len();
        while count >= ENTRIES_MAX && list.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Some((kept, count)))
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lenient_about_json_is_read_and_what_is_missing_is_not_made_up() {
        let text = r#"{"version":"https://jsonfeed.org/version/1.1","title":7,"x":{"y":[1]},"author":{"name":"F"},
            "items":[{"id":1,"url":"https://e.org/1","content_text":"x","attachments":[{"url":"https://e.org/a.pdf"}]},
            {"id":"b","title":null,"tags":"none","authors":["Ada",{"name":"Bob","url":"u"}],"date_published":12.5},{}]}"#;
        let feed: ParsedJsonFeed = serde_json::from_str(text).unwrap();
        let list = feed.items.unwrap();
        assert_eq!((list.count, feed.title.0.as_str()), (3, "7"));
        let items: Vec<RawItem> = list
            .kept
            .iter()
            .map(|item| {
                to_raw_item(serde_json::from_str(item.get()).unwrap(), std::slice::from_ref(&feed.author))
            })
            .collect();
        assert_eq!(items[0].first_text(FeedField::Guid), Some("1"));
        assert_eq!(items[0].texts_of_feed_field(FeedField::Creator).collect::<Vec<_>>(), ["F"]);
        assert_eq!(items[0].texts_of_feed_field(FeedField::Link).count(), 2);
        assert_eq!(items[1].texts_of_feed_field(FeedField::Creator).collect::<Vec<_>>(), ["Ada", "Bob"]);
    }

    #[test]
    fn what_is_no_json_feed_is_refused() {
        for (text, says) in [
            ("{\"a\":1}", "JSON, not a feed"),
            ("{\"items\":[{\"id\":1}", "the feed is cut off after 18 bytes"),
            ("{\"items\":7}", "the feed is broken: "),
            ("{]", "the feed is broken: "),
            ("{\"version\":\"https://jsonfeed.org/version/1\"}", "the feed is broken: a JSON Feed without"),
        ] {
            let mut items = ItemBatches::new(text.len(), None, |_, _| Ok(Vec::new()));
            let error = read_json_feed(text, &mut items).unwrap_err().to_string();
            assert!(error.starts_with(says), "{text}: {error}");
        }
    }
}
