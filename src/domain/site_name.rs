//! Whether two hosts are of one owner, as far as their names say.

/// What stands before a country's two letters where names are registered below it: `example.co.uk`.
const SECOND_LEVELS: [&str; 14] =
    ["ac", "co", "com", "edu", "gob", "gov", "gouv", "gv", "mil", "ne", "net", "nom", "or", "org"];

/// Names below which each belongs to somebody else. The list of all of them
/// (<https://publicsuffix.org>) has ten thousand; these are the ones that serve feeds.
const SHARED: [&str; 17] = [
    "appspot.com",
    "azurewebsites.net",
    "blogspot.com",
    "cloudfront.net",
    "github.io",
    "gitlab.io",
    "herokuapp.com",
    "livejournal.com",
    "medium.com",
    "netlify.app",
    "pages.dev",
    "readthedocs.io",
    "substack.com",
    "tumblr.com",
    "vercel.app",
    "wordpress.com",
    "workers.dev",
];

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
    let shared = SHARED.iter().find(|shared| {
        host.strip_suffix(**shared).is_some_and(|below| below.is_empty() || below.ends_with('.'))
    });
    let labels = host.rsplit('.').take(2).collect::<Vec<_>>();
    let is_below_country =
        matches!(labels[..], [country, second] if country.len() == 2 && SECOND_LEVELS.contains(&second));
    let count = match shared {
        Some(shared) => shared.split('.').count() + 1,
        None if is_below_country => 3,
        None => 2,
    };
    let dots: Vec<usize> = host.rmatch_indices('.').map(|(at, _)| at).take(count).collect();
    match dots.len() + 1 {
        all if all < count => None,
        all if all == count => Some(host),
        _ => Some(&host[dots[count - 1] + 1..]),
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
