use super::{REST, error_message, load_config};
use crate::config::HttpListenerConfig;

#[test]
fn nothing_is_served_unless_the_file_says_where() {
    assert_eq!(load_config(REST).unwrap().http, None);
    let config = load_config(&format!("{REST}[http]\nlisten = \"127.0.0.1:8717\"")).unwrap();
    assert_eq!(
        config.http,
        Some(HttpListenerConfig { listen: "127.0.0.1:8717".parse().unwrap(), hosts: vec![] })
    );
    let open = format!("{REST}[http]\nlisten = \"[::]:80\"\nhosts = [\"Papers.example.org\", \"10.0.0.1\"]");
    assert_eq!(load_config(&open).unwrap().http.unwrap().hosts, ["papers.example.org", "10.0.0.1"]);
}

#[test]
fn what_is_open_to_other_machines_is_said_on_purpose() {
    for (section, words) in [
        ("[http]", "listen: is missing"),
        ("[http]\nlisten = \"localhost\"", "is not an address with a port"),
        ("[http]\nlisten = \"127.0.0.1:0\"", "has port 0"),
        ("[http]\nlisten = \"0.0.0.0:80\"", "is open to other machines, and it has no password"),
        ("[http]\nlisten = \"127.0.0.1:80\"\nhosts = [\"http://a.b\"]", "is not the name of a host"),
        ("[http]\nlisten = \"127.0.0.1:80\"\nport = 80", "unknown key `port`"),
    ] {
        let told = error_message(&format!("{REST}{section}"));
        assert!(told.contains(words), "{section}: {told}");
    }
}
