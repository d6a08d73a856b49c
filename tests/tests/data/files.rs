//! Files that are either whole or not there.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{Error, Result, files};

fn write(path: &Path) -> Result {
    files::write(path, |file| Ok(file.write_all(b"whole")?))
}

/// The test `name` of this binary, to be run once more in a process of its own.
fn again(name: &str) -> Command {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "--nocapture", name]);
    child
}

/// What a killed process leaves, as soon as the next file is begun beside it.
#[test]
fn unfinished_files_are_removed_unless_their_process_lives() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let alive = files::begin(folder.path()).unwrap();
    for name in [".unfinished-dead", "kept"] {
        File::create(path(name)).unwrap();
    }
    write(&path("new")).unwrap();
    assert!(!path(".unfinished-dead").exists());
    assert!(alive.path().exists() && path("kept").exists());
    files::finish(alive, &path("old")).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

const KILLED: &str = "FILES_TEST_KILLED";

#[test]
fn a_kill_in_the_middle_of_writing_leaves_nothing_for_long() {
    if let Some(path) = std::env::var_os(KILLED) {
        let _ = files::write(Path::new(&path), |file| {
            file.write_all(&[0; 1 << 20])?;
            println!("in the middle");
            std::thread::sleep(Duration::from_secs(60));
            Ok(())
        });
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let name = "files::a_kill_in_the_middle_of_writing_leaves_nothing_for_long";
    let mut child = again(name).env(KILLED, &path).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(|line| line.ok()).any(|line| line.contains("in the middle")));
    write(&path).unwrap();
    let count = || fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(count(), 2, "another process is still writing");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(count(), 2);
    write(&path).unwrap();
    assert_eq!(count(), 1);
}

#[test]
fn many_threads_write_the_same_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..50).for_each(|_| write(&path).unwrap()));
        }
    });
    assert_eq!(fs::read(&path).unwrap(), b"whole");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_unfinished_file_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("made/when/needed");
    let unfinished = files::begin(&inner).unwrap();
    let name = unfinished.path().file_name().unwrap().to_string_lossy().into_owned();
    assert!(name.starts_with(".unfinished-"), "what is looked for: {name}");
    drop(unfinished);
    assert_eq!(fs::read_dir(&inner).unwrap().count(), 0);
}

#[test]
fn a_write_that_fails_leaves_the_old_file_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made/file");
    write(&path).unwrap();
    let error = files::write(&path, |file| {
        file.write_all(b"half")?;
        Err(Error::new("no more"))
    });
    assert_eq!(error.unwrap_err().to_string(), "no more");
    assert_eq!(fs::read(&path).unwrap(), b"whole");
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_file_is_as_readable_as_any_that_the_user_makes() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    write(&path("ours")).unwrap();
    File::create(path("any")).unwrap();
    let mode = |name: &str| fs::metadata(path(name)).unwrap().permissions().mode();
    assert_eq!(mode("ours"), mode("any"));
}

const MASKED: &str = "FILES_TEST_MASKED";

#[cfg(unix)]
#[test]
fn a_umask_that_hides_files_from_others_is_obeyed() {
    use std::os::unix::fs::PermissionsExt;
    if let Some(folder) = std::env::var_os(MASKED) {
        let path = |name: &str| Path::new(&folder).join(name);
        write(&path("written")).unwrap();
        files::save_csv(&path("table.csv"), ["x"], &[[1.0]]).unwrap();
        files::finish(files::begin(Path::new(&folder)).unwrap(), &path("finished")).unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "files::a_umask_that_hides_files_from_others_is_obeyed";
    let child = again(name);
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask 077; exec \"$0\" \"$@\""]).arg(child.get_program());
    let output = shell.args(child.get_args()).env(MASKED, folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    for name in ["written", "table.csv", "finished"] {
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

/// What every reader of a file that a user names must do with what is no file.
#[cfg(unix)]
#[test]
fn a_pipe_a_device_a_folder_and_a_link_to_nothing_are_named_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let pipe = path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::os::unix::fs::symlink(path("nothing"), path("link")).unwrap();
    fs::create_dir(path("folder")).unwrap();
    let pipe_fault = "is a pipe or a device; copy what it gives into a file, and name that";
    let cases = [
        (pipe, pipe_fault),
        ("/dev/zero".into(), pipe_fault),
        (path("folder"), "a folder stands where a file is needed; move it or choose another name"),
        (path("link"), "is a link to something that does not exist; mend the link"),
        (path("none"), "there is no such file; check the name"),
    ];
    type Reader = fn(&Path) -> Result;
    let readers: [Reader; 5] = [
        |path| files::read(path).map(drop).map_err(|error| files::io_error(path, &error)),
        |path| datasets::iris::<f32>(Some(path)).map(drop),
        |path| datasets::idx::read::<u8>(path).map(drop),
        |path| common::params::Params::<f32>::load(path).map(drop),
        |path| common::params::Params::<f64>::load(path).map(drop),
    ];
    for (path, fault) in cases {
        for (i, reader) in readers.into_iter().enumerate() {
            let (sender, answers) = std::sync::mpsc::channel();
            let asked = path.clone();
            std::thread::spawn(move || sender.send(reader(&asked).map_err(|e| e.to_string())));
            let answer = answers.recv_timeout(Duration::from_secs(20));
            let error = answer.expect("a pipe is waited for").unwrap_err();
            assert_eq!(error, format!("{}: {fault}", path.display()), "reader {i}");
        }
    }
}
