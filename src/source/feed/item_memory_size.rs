//! How much memory an item takes.

use super::item::FeedItem;
use super::item_keys::ItemKeyInputs;

/// An allocation adds so much to what is in it, roughly.
const ALLOCATION_BYTES: usize = 16;

/// How much memory an item takes together with what its keys are made of, roughly.
pub(super) fn item_memory_bytes(item: &FeedItem, keys: &ItemKeyInputs) -> usize {
    let authors =
        item.authors.iter().flat_map(|author| std::iter::once(&author.name).chain(&author.affiliations));
    let categories =
        item.categories.iter().flat_map(|category| std::iter::once(&category.term).chain(&category.scheme));
    let links = item.links.iter().flat_map(|link| {
        let more = [&link.rel, &link.media_type, &link.title];
        std::iter::once(&link.href).chain(more.into_iter().flatten())
    });
    let own = [&item.title, &item.abstract_.0, &keys.title].into_iter().chain(&keys.guid).chain(&keys.link);
    let texts = own.chain(authors).chain(categories).chain(links);
    size_of::<FeedItem>()
        + size_of::<ItemKeyInputs>()
        + size_of_val(&*item.authors)
        + size_of_val(&*item.categories)
        + size_of_val(&*item.links)
        // What is allocated counts, and not what is used of it.
        + texts.map(|text| text.capacity() + ALLOCATION_BYTES).sum::<usize>()
}
