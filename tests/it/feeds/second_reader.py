"""Compares what paperwire read of each feed of a corpus with what feedparser reads of it, item by item.

python second_reader.py CORPUS PAPERWIRE'S.json

Every difference is of a kind that is named here, or a failure; so is a kind that no difference is of.
"""
import calendar
import html
import json
import re
import sys
from pathlib import Path

import feedparser

# What is refused whole, by the words of the refusal.
REFUSALS = [
    "the feed is cut off after",
    "which asks for a person and a browser, not a feed",
    "the answer is empty",
    "a JSON list, not a feed",
    "which are never expanded",
    "it nests deeper than 100 elements",
    "an element has more than 256 attributes",
    "it has neither a title nor items",
]

# By field: why the two differ, and whether they differ so. `ours` and `theirs` are what they read, `entry` is feedparser's.
KINDS = {
    "count": {
        "feedparser reads no JSON Feed whose ids are numbers": lambda ours, theirs, entry: ours > 0 == theirs,
    },
    "title": {
        "a bare ampersand begins no entity": lambda ours, theirs, entry: ours == theirs.replace(";", ""),
        "what no XML may hold is dropped, and is no space":
            lambda ours, theirs, entry: ours == re.sub(r"[\x00-\x20]", "", theirs),
        "arXiv's old feeds put the identifier behind the title":
            lambda ours, theirs, entry: theirs.startswith(ours + ". (arXiv:"),
    },
    "link": {
        "without the feed's address a relative link leads nowhere":
            lambda ours, theirs, entry: not ours and "://" not in theirs,
    },
    "id": {},
    "authors": {
        "who makes a podcast is no author": lambda ours, theirs, entry: not ours and theirs == ["DER SPIEGEL"],
        "ScienceDirect names the journal as the author, and the authors in the description": lambda ours, theirs, entry:
            len(theirs) == 1 and ours and all(name in html.unescape(entry.get("summary", "")) for name in ours),
        "`et al.` is nobody": lambda ours, theirs, entry:
            ", et al." in theirs[-1] and set(words(ours)) < set(words(theirs)),
    },
    "dates": {
        "feedparser does not read this form": lambda ours, theirs, entry: not theirs,
        "feedparser does not know this zone": lambda ours, theirs, entry: "CEST" in entry.get("published", ""),
        "feedparser reads a day with strokes as a month": lambda ours, theirs, entry: "/" in entry.get("published", ""),
    },
}

failures, seen = [], set()


def compare(name, field, ours, theirs, is_same, entry=None):
    if is_same:
        return
    for kind, is_so in KINDS[field].items():
        if is_so(ours, theirs, entry):
            seen.add((field, kind))
            return
    failures.append(f"{name}: {field}: {ours!r}, and feedparser has {theirs!r}")


def plain(text):
    """Titles as text: one keeps the markup and the entities that the other has read."""
    text = html.unescape(re.sub(r"<[^>]*>", "", text))
    return re.sub(r"\s+", " ", html.unescape(text)).strip()


def words(names):
    """Names in any order and division: one element may have all of them, surnames first."""
    return sorted(re.findall(r"\w+", " ".join(names).lower()))


def dates(entry):
    """Both dates of an item; which of them a day of Dublin Core is, the two do not agree on."""
    parsed = (entry.get(f"{key}_parsed") for key in ("published", "updated") if key in entry.keys())
    return {calendar.timegm(date) for date in parsed if date}


def compare_items(name, item, entry):
    title, link, guid = (entry.get(key, "").strip() for key in ("title", "link", "id"))
    compare(name, "title", plain(item["title"]), plain(title), plain(item["title"]) == plain(title), entry)
    compare(name, "link", item["links"], link, item["links"][:1] == ([link] if link else []), entry)
    key = guid.split("://")[-1].lower()
    compare(name, "id", item["keys"], guid, any(key in known.lower() for known in item["keys"]), entry)
    authors = [plain(author["name"]) for author in entry.get("authors", []) if author.get("name")]
    compare(name, "authors", item["authors"], authors, words(item["authors"]) == words(authors), entry)
    ours = {date for date in (item["published"], item["updated"]) if date is not None}
    compare(name, "dates", ours, dates(entry), ours == dates(entry), entry)


def main(corpus, read):
    items = 0
    for name, ours in sorted(json.loads(Path(read).read_text()).items()):
        if "refused" in ours:
            known = [words for words in REFUSALS if words in ours["refused"]]
            seen.update(("refused", words) for words in known)
            if not known:
                failures.append(f"{name}: refused: {ours['refused']}")
            continue
        theirs = feedparser.parse((Path(corpus) / name).read_bytes()).entries
        compare(name, "count", len(ours["items"]), len(theirs), len(ours["items"]) == len(theirs))
        if len(ours["items"]) == len(theirs):
            for item, entry in zip(ours["items"], theirs):
                compare_items(name, item, entry)
            items += len(theirs)
    named = {(field, kind) for field, kinds in KINDS.items() for kind in kinds}
    named |= {("refused", words) for words in REFUSALS}
    failures.extend(f"no difference is of this kind: {field}: {kind}" for field, kind in sorted(named - seen))
    print(f"{items} items")
    return items > 500 and not failures


if not main(*sys.argv[1:]):
    sys.exit("\n".join(failures))
