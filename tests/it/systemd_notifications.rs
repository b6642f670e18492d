//! What systemd gets from the daemon, on a socket that plays systemd.

use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::time::Duration;

use paperwire::daemon::systemd_notify;

/// A missing message must fail the test and not hang it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs in this process, without systemd, and once more in a process of its own, for the test below.
#[test]
fn the_daemon_reports_its_state() {
    systemd_notify::notify_ready();
    systemd_notify::notify_status("polling  Birds,\nREADY=1\u{1b} waiting 3 s");
    systemd_notify::notify_status(&"ü".repeat(10_000));
    systemd_notify::ping_systemd_watchdog();
    systemd_notify::notify_reloading();
    systemd_notify::notify_stopping();
    let patience = std::env::var("WATCHDOG_USEC").ok().map(|usec| usec.parse().unwrap());
    assert_eq!(
        systemd_notify::watchdog_interval(),
        patience.map(|usec: u64| Duration::from_micros(usec / 2))
    );
}

#[test]
fn systemd_gets_each_message_whole_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let done = first_test_in_own_process()
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "4000000")
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    assert_eq!(received_notification(&socket), "READY=1\n");
    assert_eq!(received_notification(&socket), "STATUS=polling Birds, READY=1 waiting 3 s\n");
    assert_eq!(received_notification(&socket), format!("STATUS={}\n", "ü".repeat(500)));
    assert_eq!(received_notification(&socket), "WATCHDOG=1\n");
    let reloading = received_notification(&socket);
    let (state, time) = reloading.split_once("\nMONOTONIC_USEC=").unwrap();
    assert_eq!(state, "RELOADING=1");
    assert!(time.trim_end().parse::<u64>().unwrap() > 0);
    assert_eq!(received_notification(&socket), "STOPPING=1\n");
    socket.set_nonblocking(true).unwrap();
    assert!(socket.recv(&mut [0]).is_err(), "a message more");
}

#[test]
fn a_socket_that_is_gone_stops_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let done = first_test_in_own_process().env("NOTIFY_SOCKET", folder.path().join("gone")).output().unwrap();
    let told = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && told.contains("1 passed"), "{told}");
}

/// A command that runs this test program with its first test alone.
fn first_test_in_own_process() -> Command {
    let (_, module) = module_path!().split_once("::").unwrap();
    let mut speaking = Command::new(std::env::current_exe().unwrap());
    speaking.args(["--exact", &format!("{module}::the_daemon_reports_its_state")]).env_remove("WATCHDOG_PID");
    speaking
}

fn received_notification(socket: &UnixDatagram) -> String {
    let mut bytes = [0; 4096];
    let length = socket.recv(&mut bytes).unwrap();
    String::from_utf8(bytes[..length].to_vec()).unwrap()
}
