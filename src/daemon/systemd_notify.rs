//! What the daemon reports to systemd. Without systemd each of these does nothing.

use std::time::Duration;

use sd_notify::NotifyState;

/// systemd takes datagrams of at most 4096 bytes (`NOTIFY_BUFFER_MAX`), and shows a status on one line.
const STATUS_CHARS_MAX: usize = 500;

/// The daemon is up: configuration, store and lock are as they should be. Said again after a reload.
pub fn notify_ready() {
    notify_systemd(&[NotifyState::Ready]);
}

/// What the daemon does now, for `systemctl status`. It is made one line: a second one would be another message.
pub fn notify_status(words: &str) {
    let one_line: String = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let one_line: String = one_line.chars().filter(|c| !c.is_control()).take(STATUS_CHARS_MAX).collect();
    notify_systemd(&[NotifyState::Status(&one_line)]);
}

/// How often the watchdog wants to be fed: twice in the time after which systemd ends a silent daemon.
/// None if nobody watches.
pub fn watchdog_interval() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|patience| patience / 2).filter(|interval| !interval.is_zero())
}

/// The daemon is alive. Only for the loop that would stop if it were not.
pub fn ping_systemd_watchdog() {
    notify_systemd(&[NotifyState::Watchdog]);
}

/// The configuration is read again; [`notify_ready`] ends that, also if the old one stays.
pub fn notify_reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => notify_systemd(&[NotifyState::Reloading, now]),
        // Only a Type=notify-reload unit needs the time, and ours is none.
        Err(_) => notify_systemd(&[NotifyState::Reloading]),
    }
}

/// The start takes longer; the service manager waits for so much longer before it gives up.
pub fn extend_start_timeout(longer: Duration) {
    notify_systemd(&[NotifyState::ExtendTimeoutUsec(u32::try_from(longer.as_micros()).unwrap_or(u32::MAX))]);
}

/// The daemon ends, and may take as long as the request in flight.
pub fn notify_stopping() {
    notify_systemd(&[NotifyState::Stopping]);
}

/// What systemd does not hear, it sees: a start that is never ready, a watchdog that starves.
fn notify_systemd(news: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(news) {
        tracing::warn!(%error, "the service manager cannot be notified (NOTIFY_SOCKET)");
    }
}
