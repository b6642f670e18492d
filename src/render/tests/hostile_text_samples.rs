//! Texts that are out to break a table.

use proptest::prelude::*;

/// Texts that have broken somebody's list, or could.
pub(super) const HOSTILE: &[&str] = &[
    "a | b || c",
    "ends in a pipe |",
    "| starts with one",
    "back\\|slash pipe \\\\| and \\\\\\| more",
    "ends in a backslash \\",
    "ends in two \\\\",
    "and in three \\\\\\",
    "\\",
    "](http://evil.example) free](x)",
    "[a](http://evil.example)",
    "[a](javascript:alert(1))",
    "![pixel](http://evil.example/p.png)",
    "!\\[x](y) !![z](w)",
    "[ref][ref] [ref] [^1] ^[note]",
    "<script>alert(1)</script>",
    "</p></details></td></tr></table>",
    "<details open ontoggle=alert(1)>",
    "<!-- paperwire:end Topic -->",
    "<!-- open",
    "<?php x ?> <![CDATA[ x ]]> <!DOCTYPE x>",
    "<http://evil.example> <mailto:a@b.example> <a@b.example> <5@b.example>",
    "\\<b> \\\\<b> \\![a](b) \\](c)",
    "p<0.05 and x<y>z <3 < 4 <= 5 a<",
    "`code` ``more`` `",
    "`<b>` and `a|b` ``x `[y](z)` ``",
    "a ` b | c ` d",
    "`",
    "*a* **b** ***c*** _d_ __e__ ~f~ ~~g~~",
    "**",
    "a** b **c",
    "* a * b *",
    "snake_case, $x_1$, $\\mathcal{L}_{1}$ and $\\mathcal{L}_{2}$, $f^*$ and $g^*$",
    "$a|b$ and $a<b>c$ and $[0,1]$ and $\\{x\\}$ $`x`$",
    "&amp; &lt;b&gt; &#64;octocat &#x40;octocat &commat;octocat &num;1 &fjlig; &copy; R&D A & B",
    "\\&amp; \\&#x41; &&#x41;",
    "@octocat (@octocat) _@octocat_ \\@octocat R@1 2025 @ NAACL",
    "fixes #1, closes owner/repo#2, GH-3 \\#4 C# 5",
    "@&#8203;octocat #&#8203;1 &#60; &#124;",
    "https://example.org/@octocat/#1?a~b~c*d* https://a_b.c_d/@octocat",
    "www.example.org http://example.org/x mail@example.org",
    "# heading #",
    "## C #",
    "- [ ] item",
    "> quote",
    "1. one",
    "```",
    "~~~",
    "---",
    ":---:",
    "   spaces   inside   ",
    "tab\there\r\nline\rline\u{85}line\u{2028}line\u{2029}end",
    "\u{202E}override\u{202C} \u{2066}isolate\u{2069} \u{200F}mark",
    "nul\0 esc\u{1b}[2J bell\u{7} del\u{7f}",
    "zero\u{200B}width\u{200D}join\u{FEFF}mark",
    "שלום | עולם, 你好*世界*, é_é_",
    "",
    "x",
    "^caret",
    "b*~x~* c* ~*d*~",
    "a=b:c;d,e.f\"g'h/i?j",
];

/// Texts made of pieces that matter to Markdown.
pub(super) fn hostile_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[|\\\\<>!\\[\\]()*_~`&#@;:$/a1 \\-.^\"']",
        2 => prop::sample::select(HOSTILE).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["http://", "https://a.b/", "www.a.b", "@a.b", "&#", "&amp;", "GH-", "</p>", "](", "\\"])
            .prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Hostile texts without what lists leave bare in abstracts, and without bare web addresses, in which GitHub
/// shows an entity as it is written.
pub(super) fn faithfully_shown_text() -> impl Strategy<Value = String> {
    hostile_text().prop_map(|text| text.replace(['`', '_', '\\', '&', '/'], "").replace("www.", ""))
}
