//! One child process from its start to its end, within limits of time, output, memory and disk. What it began itself
//! ends with it.

use std::ffi::OsStr;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, Command};

/// Most output of one run: the largest file that is read, and what git puts around it. It is held in memory.
pub(super) const OUT_BYTES_MAX: u64 = super::FILE_BYTES_MAX + (64 << 10);

/// Most that a run may complain. A remote's own words come this way too, and have no end unless they are cut.
const ERR_BYTES_MAX: u64 = 256 << 10;

/// How long the output is awaited of one that has ended. What it wrote is there at once; only another process that
/// it left behind can hold the other end open, as ssh does for a connection that it shares.
const DRAIN_TIME: Duration = Duration::from_secs(1);

/// Most memory of its own that a run may have: enough to read a tree of a million files. A small pack can unfold
/// to any size, and git would hold it.
const MEMORY_BYTES_MAX: u64 = 256 << 20;

/// Largest file that a run may write: more than a minute's fetch brings over most lines.
const DISK_BYTES_MAX: u64 = 1 << 30;

/// What becomes the program in its arguments once its limits are set. One that is lower already stays: a hard limit below
/// the soft one is refused, and only then are both set. It asks for none of them, which would take processes of its own.
const LIMITING: &str = r#"
limit() { ulimit -H "$@" || ulimit "$@"; } 2>/dev/null
limit -d "$0"; limit -f "$1"; shift; exec "$@""#;

/// How a child ended by itself.
#[derive(Debug)]
pub(super) struct ChildOutput {
    pub(super) status: ExitStatus,
    pub(super) out: Vec<u8>,
    pub(super) err: Vec<u8>,
}

/// Why a child did not end by itself.
#[derive(Debug)]
pub(super) enum ChildError {
    /// The process cannot be started.
    NotStarted(io::Error),
    /// The process took longer than it may, and was killed.
    TimedOut,
    /// The process wrote more than so many bytes, and was killed.
    TooMuchOutput(u64),
    /// A pipe to the process does not work.
    BrokenPipe(io::Error),
}

/// A program that is limited in memory and in the files that it writes, and so is what it starts. Only a process
/// itself can set its limits without a gap, and so a shell does it and then becomes the program.
/// Source: `ulimit` counts memory in KiB and files in blocks of 512 bytes.
pub(super) fn limited_command(program: &OsStr) -> Command {
    let mut command = Command::new("/bin/sh");
    let (memory, disk) = (MEMORY_BYTES_MAX >> 10, DISK_BYTES_MAX / 512);
    command.args(["-c", LIMITING, &memory.to_string(), &disk.to_string()]).arg(program);
    command
}

/// Runs a command to its end.
pub(super) async fn run_child(
    command: &mut Command,
    input: &[u8],
    time_max: Duration,
) -> Result<ChildOutput, ChildError> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.process_group(0).kill_on_drop(true).spawn().map_err(ChildError::NotStarted)?;
    let group = ProcessGroup::of_child(&child);
    let talked = tokio::time::timeout(time_max, exchange_with_child(&mut child, input, group)).await;
    talked.map_err(|_| ChildError::TimedOut)?
}

/// The processes of one run; killed with all that they started unless the run has ended with all of them.
struct ProcessGroup(Option<Pid>);

impl ProcessGroup {
    fn of_child(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self(id.and_then(Pid::from_raw))
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        if let Some(leader) = self.0 {
            // It may have ended just now; then there is nobody left to kill.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

/// Speaks with a child until it ends.
async fn exchange_with_child(
    child: &mut Child,
    input: &[u8],
    mut group: ProcessGroup,
) -> Result<ChildOutput, ChildError> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = {
        let talking = async {
            tokio::try_join!(
                write_stdin(stdin, input),
                read_limited(stdout, OUT_BYTES_MAX, &mut out),
                read_limited(stderr, ERR_BYTES_MAX, &mut err)
            )
        };
        tokio::pin!(talking);
        let ended = tokio::select! {
            talked = &mut talking => { talked?; None }
            ended = child.wait() => Some(ended),
        };
        if let Some(status) = ended {
            if let Ok(talked) = tokio::time::timeout(DRAIN_TIME, &mut talking).await {
                talked?;
                group.0 = None;
            }
            status
        } else {
            // A child that has closed its pipes may still be at work.
            let status = child.wait().await;
            group.0 = None;
            status
        }
    };
    Ok(ChildOutput { status: status.map_err(ChildError::BrokenPipe)?, out, err })
}

async fn write_stdin(to: Option<ChildStdin>, input: &[u8]) -> Result<(), ChildError> {
    let Some(mut to) = to else { return Ok(()) };
    match to.write_all(input).await {
        // It may end before it has read all; how it ended says more.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(ChildError::BrokenPipe),
    }
}

/// All that comes, up to a limit.
async fn read_limited(
    from: Option<impl AsyncRead + Unpin>,
    bytes_max: u64,
    bytes: &mut Vec<u8>,
) -> Result<(), ChildError> {
    let Some(from) = from else { return Ok(()) };
    from.take(bytes_max + 1).read_to_end(bytes).await.map_err(ChildError::BrokenPipe)?;
    if bytes.len() as u64 > bytes_max { Err(ChildError::TooMuchOutput(bytes_max)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read as _, Write as _};

    use super::*;

    /// A shell that does this, for so long at the most.
    fn run_shell(script: &str, time_max: Duration) -> Result<ChildOutput, ChildError> {
        let mut command = limited_command("sh".as_ref());
        command.args(["-c", script]);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run_child(&mut command, b"in", time_max))
    }

    const LONG: Duration = Duration::from_mins(5);

    #[test]
    fn what_a_child_says_is_given_whole_with_how_it_ended() {
        let ended = run_shell("cat; echo no >&2; exit 3", LONG).unwrap();
        assert_eq!((ended.status.code(), &*ended.out, &*ended.err), (Some(3), &b"in"[..], &b"no\n"[..]));
    }

    #[test]
    fn a_child_that_speaks_without_end_is_stopped() {
        for (script, bytes) in [("yes", OUT_BYTES_MAX), ("yes >&2", ERR_BYTES_MAX)] {
            let failure = run_shell(script, LONG).unwrap_err();
            assert!(
                matches!(failure, ChildError::TooMuchOutput(most) if most == bytes),
                "{script}: {failure:?}"
            );
        }
    }

    #[test]
    fn a_child_that_takes_longer_than_it_may_is_stopped() {
        let failure = run_shell("sleep 1000", Duration::ZERO).unwrap_err();
        assert!(matches!(failure, ChildError::TimedOut), "{failure:?}");
    }

    /// What a process says that a child started and that goes on once the child was given up: nothing if it was killed.
    fn output_of_surviving_grandchild(of_child: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let (go, said) = (folder.path().join("go"), folder.path().join("said"));
        assert!(std::process::Command::new("mkfifo").args([&go, &said]).status().unwrap().success());
        let started = r#"{ read -r word && echo "still there"; } <"$0" >"$1" &"#;
        let script = format!("{of_child}\n{started}\nwait");
        let mut command = limited_command("sh".as_ref());
        command.args(["-c", &script]).args([&go, &said]);
        // Open on both sides, so that nobody waits to open it.
        let mut word = File::options().read(true).write(true).open(&go).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut said = runtime.block_on(async {
            let mut run = Box::pin(run_child(&mut command, b"", LONG));
            // It can be opened once the process that was started has opened it as well.
            let mut opened = tokio::task::spawn_blocking(move || File::open(said).unwrap());
            let said = tokio::select! {
                ended = &mut run => panic!("{ended:?}"),
                said = &mut opened => said.unwrap(),
            };
            for _ in 0..100 {
                tokio::select! {
                    biased;
                    ended = &mut run => panic!("{ended:?}"),
                    () = tokio::task::yield_now() => {}
                }
            }
            said
        });
        word.write_all(b"go\n").unwrap();
        let mut text = String::new();
        said.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_child_that_is_given_up_ends_with_those_that_it_started() {
        for of_child in ["", "exec >&- 2>&-"] {
            assert_eq!(output_of_surviving_grandchild(of_child), "", "{of_child}");
        }
    }

    #[test]
    fn a_child_is_not_waited_for_once_it_has_ended_though_another_holds_its_pipes() {
        let ended = run_shell("sleep 1000 & echo done", LONG).unwrap();
        assert_eq!(&*ended.out, b"done\n");
    }

    #[test]
    fn a_child_and_what_it_starts_can_fill_neither_the_memory_nor_the_disk() {
        let said = run_shell("sh -c 'ulimit -d; ulimit -f'", LONG).unwrap().out;
        let limits: Vec<u64> =
            str::from_utf8(&said).unwrap().lines().map(|line| line.parse().unwrap()).collect();
        assert_eq!(limits, [MEMORY_BYTES_MAX >> 10, DISK_BYTES_MAX / 512]);
    }

    #[test]
    fn a_limit_that_is_lower_already_stays() {
        let limiting = limited_command("sh".as_ref());
        let limiting = limiting.as_std();
        let mut command = Command::new("sh");
        command
            .args(["-c", "ulimit -S -d 100000; ulimit -S -f 2000; exec \"$0\" \"$@\""])
            .arg(limiting.get_program())
            .args(limiting.get_args())
            .args(["-c", "ulimit -S -d; ulimit -S -f"]);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let ended = runtime.block_on(run_child(&mut command, b"", LONG)).unwrap();
        assert_eq!(str::from_utf8(&ended.out), Ok("100000\n2000\n"));
    }
}
