//! Whether two hosts are of one owner, as far as their names say.

/// What is before a country's two letters where names are registered below it: `example.co.uk`.
const SECOND_LEVELS: [&str; 18] = [
    "ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "gv", "ind", "mil", "ne", "net", "nom", "or",
    "org", "re", "sch",
];

/// Names below which others are registered in some countries alone; elsewhere they may be names of sites.
const NATIONAL_LEVELS: &str = "ad.jp asn.au asso.fr bel.tr cri.nz csiro.au ed.jp ernet.in firm.in gen.in gen.nz gen.tr govt.nz \
    gr.jp id.au idv.hk idv.tw in.th iwi.nz k12.il k12.tr law.za lg.jp ltd.uk maori.nz me.uk mi.th \
    muni.il my.id nhs.uk nic.in pe.kr plc.uk pol.tr police.uk prd.fr res.in school.nz school.za \
    web.id web.za";

/// What is registered by the authorities of a place, one level further down: `school.k12.ca.us`.
const LOCAL_LEVELS: [&str; 3] = ["cc", "k12", "lib"];

/// Names below which each belongs to somebody else. The list of all of them
/// (<https://publicsuffix.org>) has ten thousand, and makes the program 700 kB larger; these are the ones that serve feeds.
const SHARED: &str = "appspot.com azurewebsites.net bearblog.dev beehiiv.com bitbucket.io blogs.com cloudfront.net \
    codeberg.page firebaseapp.com fly.dev ghost.io github.io gitlab.io hashnode.dev hatenablog.com \
    hatenablog.jp hcommons.org herokuapp.com home.blog hypotheses.org jimdofree.com js.org \
    livejournal.com medium.com micro.blog neocities.org netlify.app notion.site onrender.com \
    over-blog.com pages.dev pythonanywhere.com quarto.pub readthedocs.io s3.amazonaws.com \
    shinyapps.io sourceforge.io sourceforge.net squarespace.com streamlit.app substack.com surge.sh \
    tumblr.com typepad.com vercel.app web.app weebly.com wixsite.com wordpress.com workers.dev \
    wpcomstaging.com wpengine.com write.as";

/// A site of Google's blogs has the same name below each of these: `example.blogspot.com`, `example.blogspot.co.uk`.
const BLOGS: &str = "blogspot";

/// Whether two hosts are the same or below one registrable name: `feeds.example.org` and `www.example.org`. In doubt
/// they are not.
pub fn is_same_site(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|host| host.trim_end_matches('.').to_ascii_lowercase());
    one == other || registrable_name(&one).is_some_and(|name| registrable_name(&other) == Some(name))
}

/// What people call a site by the name of its host: `connect.biorxiv.org` is `biorxiv`. An address of the network is itself.
pub fn site_label(host: &str) -> String {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let label = registrable_name(&host).and_then(|name| name.split('.').next());
    label.map(str::to_owned).unwrap_or(host)
}

/// The part of a host's name that was registered; none for an address of the network.
fn registrable_name(host: &str) -> Option<&str> {
    if host.contains(':') || host.rsplit('.').next()?.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count = count_public_suffix_labels(host) + 1;
    let dots: Vec<usize> = host.rmatch_indices('.').map(|(at, _)| at).take(count).collect();
    match dots.len() + 1 {
        all if all < count => None,
        all if all == count => Some(host),
        _ => Some(&host[dots[count - 1] + 1..]),
    }
}

/// Of how many labels the name is below which others register theirs.
fn count_public_suffix_labels(host: &str) -> usize {
    let is_below = |suffix: &str| {
        host.strip_suffix(suffix).is_some_and(|below| below.is_empty() || below.ends_with('.'))
    };
    if let Some(shared) = SHARED.split(' ').find(|shared| is_below(shared)) {
        return shared.split('.').count();
    }
    let labels: Vec<&str> = host.rsplit('.').take(3).collect();
    let is_country = labels[0].len() == 2;
    let is_second = |label: &str| is_country && SECOND_LEVELS.contains(&label);
    match labels[..] {
        ["us", state, third, ..] if state.len() == 2 && LOCAL_LEVELS.contains(&third) => 3,
        ["uk", "sch", _] => 3,
        [_, second, BLOGS] if is_second(second) => 3,
        ["us", state, ..] if state.len() == 2 => 2,
        [_, BLOGS, ..] => 2,
        [_, second, ..] if is_second(second) || NATIONAL_LEVELS.split(' ').any(is_below) => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_called_by_the_name_that_was_registered() {
        for (host, label) in [
            ("connect.biorxiv.org", "biorxiv"),
            ("WWW.Nature.com.", "nature"),
            ("feeds.lab.example.ac.uk", "example"),
            ("ada.github.io", "ada"),
            ("127.0.0.1", "127.0.0.1"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(site_label(host), label, "{host}");
        }
    }

    #[test]
    fn hosts_of_one_owner_share_a_registrable_name() {
        for (one, other, is_same) in [
            ("example.org", "example.org", true),
            ("Example.org.", "example.ORG", true),
            ("www.example.org", "feeds.example.org", true),
            ("example.org", "a.b.example.org", true),
            ("example.org", "example.com", false),
            ("www.example.co.uk", "example.co.uk", true),
            ("one.co.uk", "two.co.uk", false),
            ("one.ac.jp", "two.ac.jp", false),
            ("rss.u-tokyo.ac.jp", "www.u-tokyo.ac.jp", true),
            ("ada.github.io", "bob.github.io", false),
            ("ada.github.io", "ada.github.io", true),
            ("github.io", "ada.github.io", false),
            ("ada.wordpress.com", "bob.wordpress.com", false),
            ("ada.medium.com", "medium.com", false),
            ("ada.blogspot.com", "bob.blogspot.com", false),
            ("ada.blogspot.co.uk", "bob.blogspot.co.uk", false),
            ("ada.blogspot.de", "bob.blogspot.de", false),
            ("one.s3.amazonaws.com", "two.s3.amazonaws.com", false),
            ("www.one.go.jp", "www.two.go.jp", false),
            ("rss.one.go.jp", "www.one.go.jp", true),
            ("one.re.kr", "two.re.kr", false),
            ("one.res.in", "two.res.in", false),
            ("one.ad.jp", "two.ad.jp", false),
            ("one.gr.jp", "two.gr.jp", false),
            ("one.id.au", "two.id.au", false),
            ("one.bath.sch.uk", "two.bath.sch.uk", false),
            ("www.one.bath.sch.uk", "one.bath.sch.uk", true),
            ("one.k12.ca.us", "two.k12.ca.us", false),
            ("www.one.k12.ca.us", "feeds.one.k12.ca.us", true),
            ("one.ca.us", "two.ca.us", false),
            ("feeds.id.me", "www.id.me", true),
            ("www.gr.com", "feeds.gr.com", true),
            ("notgithub.io", "www.notgithub.io", true),
            ("10.0.0.1", "10.1.0.1", false),
            ("127.0.0.1", "127.0.0.1", true),
            ("[::1]", "[::2]", false),
            ("localhost", "localhost", true),
            ("localhost", "otherhost", false),
            ("org", "example.org", false),
            ("", "", true),
        ] {
            assert_eq!(is_same_site(one, other), is_same, "{one} {other}");
            assert_eq!(is_same_site(other, one), is_same, "{other} {one}");
        }
    }
}
