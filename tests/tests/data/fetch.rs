//! Downloads from mirrors on this machine, which fail in many ways.

mod mirror;

use std::fs;
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use datasets::fetch::{FetchError, Limits, RemoteFile, fetch};
use datasets::idx;
use datasets::images::{FASHION_MNIST, Location, MNIST, Sources};
use ndarray::{Array1, Array3};

use mirror::{Mirror, over_https, promise, respond, wait_for_hang_up};

const BYTES: usize = 300_000;

const FILE: RemoteFile = RemoteFile {
    name: "numbers.gz",
    bytes: BYTES as u64,
    sha256: "10e5ea249ba15cf9da0925b29f6caca069e088f63eec3521e5560c1a0394058a",
};

const LIMITS: Limits = Limits {
    connect_timeout: Duration::from_secs(2),
    read_timeout: Duration::from_secs(2),
    retry_delay: Duration::ZERO,
    attempts: 3,
};

/// The file as it should arrive.
fn content() -> Vec<u8> {
    let byte = |i: u32| (i.wrapping_mul(2_654_435_761) >> 13) as u8;
    (0..BYTES as u32).map(byte).collect()
}

fn good_mirror() -> Mirror {
    Mirror::new(|request, stream| match request.from {
        None => respond(stream, "200 OK", "", &content()),
        Some(from) => rest(stream, from),
    })
}

fn rest(stream: &mut TcpStream, from: usize) -> io::Result<()> {
    let range = format!("Content-Range: bytes {from}-{}/{BYTES}\r\n", BYTES - 1);
    respond(stream, "206 Partial Content", &range, &content()[from..])
}

fn try_fetch(mirrors: &[&Mirror], limits: &Limits, folder: &Path) -> Result<(), FetchError> {
    let urls: Vec<_> = mirrors.iter().map(|mirror| &mirror.url).collect();
    fetch(&[FILE], &urls, folder, limits)
}

/// Fetches successfully: the file is complete and alone.
fn assert_fetches(mirrors: &[&Mirror], limits: &Limits) {
    let folder = tempfile::tempdir().unwrap();
    try_fetch(mirrors, limits, folder.path()).unwrap();
    assert!(fs::read(folder.path().join(FILE.name)).unwrap() == content());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// Fetches unsuccessfully and leaves nothing behind: the reason.
fn reason(mirror: &Mirror, limits: &Limits) -> String {
    let folder = tempfile::tempdir().unwrap();
    let error = try_fetch(&[mirror], limits, folder.path()).unwrap_err();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let (FetchError::NoMirror(_, errors) | FetchError::NoNetwork(errors)) = error else {
        panic!("{error}");
    };
    errors[0].strip_prefix(&format!("{} ", mirror.url)).unwrap().to_owned()
}

#[test]
fn a_file_arrives_whole_and_alone() {
    let mirror = good_mirror();
    assert_fetches(&[&mirror], &LIMITS);
    assert_eq!(mirror.asked(), ["GET"]);
}

#[test]
fn an_interrupted_download_is_resumed() {
    let mirror = Mirror::new(|request, stream| match request.from {
        None => {
            promise(stream, "200 OK", "", BYTES)?;
            stream.write_all(&content()[..100_000])
        }
        Some(from) => rest(stream, from),
    });
    assert_fetches(&[&mirror], &LIMITS);
    assert_eq!(mirror.asked(), ["GET", "GET from 100000"]);
}

#[test]
fn an_interrupted_download_starts_anew_where_the_mirror_has_no_ranges() {
    let mirror = Mirror::new(|request, stream| {
        promise(stream, "200 OK", "", BYTES)?;
        let end = if request.number == 0 { 100_000 } else { BYTES };
        stream.write_all(&content()[..end])
    });
    assert_fetches(&[&mirror], &LIMITS);
    assert_eq!(mirror.asked(), ["GET", "GET from 100000"]);
}

#[test]
fn an_interrupted_download_starts_anew_where_the_range_is_another() {
    let mirror = Mirror::new(|request, stream| match request.from {
        None if request.number == 0 => {
            promise(stream, "200 OK", "", BYTES)?;
            stream.write_all(&content()[..100_000])
        }
        None => respond(stream, "200 OK", "", &content()),
        Some(_) => rest(stream, 50_000),
    });
    assert_fetches(&[&mirror], &LIMITS);
    assert_eq!(mirror.asked(), ["GET", "GET from 100000", "GET"]);
}

#[test]
fn two_halves_that_do_not_fit_are_fetched_again_in_one_piece() {
    let mirror = Mirror::new(|request, stream| match request.from {
        None if request.number == 0 => {
            promise(stream, "200 OK", "", BYTES)?;
            stream.write_all(&[7; 100_000])
        }
        None => respond(stream, "200 OK", "", &content()),
        Some(from) => rest(stream, from),
    });
    assert_fetches(&[&mirror], &LIMITS);
    assert_eq!(mirror.asked(), ["GET", "GET from 100000", "GET"]);
}

#[test]
fn a_web_page_is_named_as_such_whether_it_says_so_or_not() {
    for header in ["Content-Type: text/html; charset=utf-8\r\n", ""] {
        let mirror = Mirror::new(move |_, stream| {
            respond(stream, "200 OK", header, b"\n<!DOCTYPE html><p>Log in first</p>")
        });
        let reason = reason(&mirror, &LIMITS);
        let expected = "answered with a web page instead of the file";
        assert_eq!(reason, expected);
        assert_eq!(mirror.asked(), ["GET"], "a second try is vain");
    }
}

#[test]
fn a_wrong_checksum_is_refused() {
    let mirror = Mirror::new(|_, stream| {
        let mut content = content();
        content[BYTES / 2] ^= 1;
        respond(stream, "200 OK", "", &content)
    });
    let reason = reason(&mirror, &LIMITS);
    assert!(reason.starts_with("sent a file with another SHA-256 ("), "{reason}");
}

#[test]
fn a_file_that_stays_too_short_is_refused() {
    let mirror = Mirror::new(|request, stream| match request.from {
        None => respond(stream, "200 OK", "", &content()[..9_001]),
        Some(_) => respond(stream, "416 Range Not Satisfiable", "", b""),
    });
    let reason = reason(&mirror, &LIMITS);
    assert_eq!(reason, "ended after 9,001 of 300,000 bytes");
}

#[test]
fn a_file_without_an_end_is_not_read_to_its_end() {
    let mirror = Mirror::new(|_, stream| {
        write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
        stream.write_all(&content())?;
        loop {
            stream.write_all(&[0; 1000])?;
        }
    });
    let reason = reason(&mirror, &LIMITS);
    assert_eq!(reason, "sent more or less than 300,000 bytes");
}

#[test]
fn a_status_other_than_success_is_named() {
    let mirror = Mirror::new(|_, stream| respond(stream, "503 Busy", "", b"later"));
    let reason = reason(&mirror, &LIMITS);
    assert_eq!(reason, "answered with HTTP status 503");
}

#[test]
fn a_mirror_that_fails_is_followed_by_the_next() {
    let missing = Mirror::new(|_, stream| respond(stream, "404 Not Found", "", b""));
    let damaged = Mirror::new(|_, stream| respond(stream, "200 OK", "", &[7; BYTES]));
    let good = good_mirror();
    assert_fetches(&[&missing, &damaged, &good], &LIMITS);
    assert_fetches(&[&good, &damaged, &missing], &LIMITS);
}

#[test]
fn when_all_mirrors_fail_each_is_named_with_its_reason() {
    let missing = Mirror::new(|_, stream| respond(stream, "404 Not Found", "", b""));
    let page = Mirror::new(|_, stream| respond(stream, "200 OK", "", b"<html>"));
    let folder = tempfile::tempdir().unwrap();
    let error = try_fetch(&[&missing, &page], &LIMITS, folder.path()).unwrap_err();
    let sentence = error.to_string();
    assert!(sentence.starts_with("no mirror gave numbers.gz ("), "{sentence}");
    assert!(sentence.contains(&format!("{} answered with HTTP status 404", missing.url)));
    assert!(sentence.contains(&format!("{} answered with a web page", page.url)));
}

#[test]
fn a_redirect_is_followed() {
    let good = good_mirror();
    let location = format!("Location: {}{}\r\n", good.url, FILE.name);
    let moved = Mirror::new(move |_, stream| respond(stream, "302 Found", &location, b""));
    assert_fetches(&[&moved], &LIMITS);
    assert_eq!(good.asked(), ["GET"]);
}

#[test]
fn a_stalled_download_is_resumed() {
    let limits = Limits { read_timeout: Duration::from_millis(500), ..LIMITS };
    let mirror = Mirror::new(|request, stream| match request.from {
        None => {
            promise(stream, "200 OK", "", BYTES)?;
            stream.write_all(&content()[..100_000])?;
            wait_for_hang_up(stream)
        }
        Some(from) => rest(stream, from),
    });
    assert_fetches(&[&mirror], &limits);
    assert_eq!(mirror.asked(), ["GET", "GET from 100000"]);
}

#[test]
fn a_mirror_that_stalls_each_time_is_given_up() {
    let limits = Limits { read_timeout: Duration::from_millis(250), ..LIMITS };
    let mirror = Mirror::new(|_, stream| {
        promise(stream, "200 OK", "", BYTES)?;
        wait_for_hang_up(stream)
    });
    let reason = reason(&mirror, &limits);
    assert_eq!(reason, "sent nothing for 0.25 seconds after 0 bytes");
    assert_eq!(mirror.asked().len(), 3);
}

#[test]
fn a_machine_without_network_learns_it_at_once() {
    // A port that was just free: nobody listens there.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let start = Instant::now();
    let mirrors = [format!("http://{port}/"), format!("http://{port}/too/")];
    let error = fetch(&[FILE], &mirrors, folder.path(), &Limits::default()).unwrap_err();
    assert!(matches!(&error, FetchError::NoNetwork(each) if each.len() == 2), "{error}");
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn mirrors_that_never_answer_are_waited_for_together_and_not_in_turn() {
    let limits = Limits { connect_timeout: Duration::from_secs(1), ..LIMITS };
    // Connections open, for the system accepts them, and nothing else happens.
    let silent: Vec<_> = (0..4).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    let urls: Vec<_> =
        silent.iter().map(|s| format!("http://{}/", s.local_addr().unwrap())).collect();
    let folder = tempfile::tempdir().unwrap();
    let start = Instant::now();
    let error = fetch(&[FILE], &urls, folder.path(), &limits).unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(3));
    let sentence = error.to_string();
    assert!(sentence.starts_with("no mirror can be reached"), "{sentence}");
    assert_eq!(sentence.matches("did not answer within 1 seconds").count(), 4, "{sentence}");
}

#[test]
fn a_mirror_that_never_answers_does_not_hold_up_the_others() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}/", silent.local_addr().unwrap());
    let good = good_mirror();
    let folder = tempfile::tempdir().unwrap();
    let start = Instant::now();
    fetch(&[FILE], &[&silent, &good.url], folder.path(), &LIMITS).unwrap();
    assert!(start.elapsed() < LIMITS.connect_timeout);
}

#[test]
fn downloads_of_the_same_file_at_once_do_not_disturb_each_other() {
    let mirror = good_mirror();
    let folder = tempfile::tempdir().unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| try_fetch(&[&mirror], &LIMITS, folder.path()).unwrap());
        }
    });
    assert!(fs::read(folder.path().join(FILE.name)).unwrap() == content());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn bytes_are_kept_as_sent_even_if_called_an_encoding() {
    // Some stores mark a .gz file as gzip encoding, and would have it unpacked.
    let mirror = Mirror::new(|_, stream| {
        respond(stream, "200 OK", "Content-Encoding: gzip\r\n", &content())
    });
    assert_fetches(&[&mirror], &LIMITS);
}

#[test]
fn a_folder_that_cannot_be_written_is_named_before_any_mirror_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let mirror = good_mirror();
    let error = try_fetch(&[&mirror], &LIMITS, &file.join("cache")).unwrap_err();
    assert!(matches!(error, FetchError::Disk(..)), "{error}");
    assert_eq!(mirror.asked(), [""; 0]);
}

#[test]
fn only_what_the_cache_lacks_is_downloaded() {
    let folder = tempfile::tempdir().unwrap();
    let mut sources = Sources::new(None);
    sources.variable = None;
    sources.cache = folder.path().to_owned();
    let cache = folder.path().join("mnist");
    fs::create_dir(&cache).unwrap();
    let images = Array3::<u8>::zeros((2, 28, 28));
    let labels = Array1::<u8>::zeros(2);
    idx::write(cache.join("train-images-idx3-ubyte"), images.view()).unwrap();
    idx::write(cache.join("train-labels.idx1-ubyte"), labels.view()).unwrap();
    crate::idx::write_gz(&cache.join("t10k-images-idx3-ubyte.gz"), images.view());

    let mirror =
        Mirror::new(|_, stream| respond(stream, "200 OK", "", &[0, 0, 8, 1, 0, 0, 0, 2, 7, 8]));
    sources.mirrors = Some(vec![mirror.url.clone()]);
    let mut collection = MNIST;
    collection.files[3] = RemoteFile {
        name: "t10k-labels-idx1-ubyte.gz",
        bytes: 10,
        sha256: "d6562d9b02e2dc076e32233091bab70ae28e04b51bfa5ced5bbe1e8ae94734f9",
    };
    for _ in 0..2 {
        let data = sources.load::<f32>(&collection).unwrap();
        assert_eq!(data.name, "MNIST");
        assert_eq!(data.test.labels.to_vec(), [7, 8]);
    }
    assert_eq!(mirror.asked(), ["GET"]);
}

const FOLDER: &str = "FETCH_TEST_FOLDER";

#[test]
fn proxy_variables_are_honoured() {
    // The environment belongs to a process, so this test runs itself in one.
    if let Some(folder) = std::env::var_os(FOLDER) {
        let mirrors = ["http://mirror.invalid/"]; // known to the proxy alone
        fetch(&[FILE], &mirrors, Path::new(&folder), &LIMITS).unwrap();
        return;
    }
    let proxy = good_mirror();
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap());
    for variable in ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"]
    {
        child.env_remove(variable);
    }
    let child = child
        .args(["--exact", "fetch::proxy_variables_are_honoured"])
        .env(FOLDER, folder.path())
        .env("HTTP_PROXY", &proxy.url)
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    assert!(fs::read(folder.path().join(FILE.name)).unwrap() == content());
    assert_eq!(proxy.asked(), ["CONNECT", "CONNECT", "GET"]);
}

/// The addresses themselves cannot be reached from where tests run. What is checked: the
/// second mirror is the place that Keras names, over HTTPS; where the first is down, the
/// four files come from that path, here of a mirror on this machine that has the real
/// ones; their sums, and those of what they unpack to, are compared.
#[test]
fn fashion_mnist_comes_from_kerass_copy_where_the_other_mirror_is_down() {
    let at = "/tensorflow/tf-keras-datasets/";
    let [first, second] = FASHION_MNIST.mirrors else { panic!("two mirrors") };
    assert!(first.starts_with("http://"));
    assert_eq!(*second, format!("https://storage.googleapis.com{at}"));

    let Some(data) = referee::real_data("fashion_mnist_comes_from_kerass_copy") else { return };
    let real = data.join("fashion-mnist");
    let mirror = Mirror::new(move |request, stream| {
        let name = request.path.strip_prefix(at).expect("asked in that folder");
        respond(stream, "200 OK", "", &fs::read(real.join(name))?)
    });
    let down = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut sources = Sources::new(None);
    (sources.variable, sources.cache) = (None, folder.path().to_owned());
    sources.mirrors = Some(vec![format!("http://{down}/"), format!("{}{}", mirror.url, &at[1..])]);
    let loaded = sources.load::<f32>(&FASHION_MNIST).unwrap();
    assert_eq!(FASHION_MNIST.is_published(&loaded.train, &loaded.test), [true; 2]);
    assert_eq!(mirror.asked().len(), 4);
}

const TRUSTED: &str = "FETCH_TEST_TRUSTED";

/// As behind a proxy that signs connections anew: the system trusts its certificate, or
/// does not yet.
#[cfg(target_os = "linux")]
#[test]
fn a_certificate_of_the_system_is_trusted_and_another_is_named_as_the_fault() {
    if let Some(url) = std::env::var_os(TRUSTED) {
        let url = url.into_string().unwrap();
        let folder = tempfile::tempdir().unwrap();
        match fetch(&[FILE], &[url], folder.path(), &LIMITS) {
            Ok(()) => assert!(fs::read(folder.path().join(FILE.name)).unwrap() == content()),
            Err(error) => println!("{}{error}", matches!(error, FetchError::Tls(_))),
        }
        return;
    }
    let (url, certificate) = over_https(content());
    let (_, another) = over_https(Vec::new());
    let folder = tempfile::tempdir().unwrap();
    let trusted = folder.path().join("trusted.pem");
    let fault = format!(
        "trueno mirror can be reached safely ({url} failed (TLS, invalid peer certificate: "
    );
    for (pem, fault) in [(certificate, ""), (another, &fault), (String::new(), &fault)] {
        fs::write(&trusted, pem).unwrap();
        let name =
            "fetch::a_certificate_of_the_system_is_trusted_and_another_is_named_as_the_fault";
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "--nocapture", name]).env(TRUSTED, &url).env_remove("SSL_CERT_DIR");
        let child = child.env("SSL_CERT_FILE", &trusted).output().unwrap();
        let output = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success(), "{output}");
        assert!(output.contains(fault), "{output}");
        assert_eq!(output.contains("true"), !fault.is_empty(), "{output}");
    }
}

#[test]
fn a_mirror_that_does_not_speak_tls_is_named_as_such() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    thread::spawn(move || respond(&mut listener.accept().unwrap().0, "400 Bad Request", "", b""));
    let folder = tempfile::tempdir().unwrap();
    let error = fetch(&[FILE], &[url], folder.path(), &LIMITS).unwrap_err();
    assert!(matches!(&error, FetchError::Tls(_)), "{error}");
    assert!(error.to_string().contains(" failed (TLS, "), "{error}");
}

#[test]
fn a_data_set_is_located_without_a_download() {
    let place = tempfile::tempdir().unwrap();
    let cache = place.path().join("cache");
    let mut sources = Sources {
        data: None,
        variable: None,
        cache: cache.clone(),
        mirrors: Some(Vec::new()),
        limits: LIMITS,
        digits: [20, 10],
    };
    let no_network = sources.locate(&MNIST).unwrap();
    assert!(matches!(no_network, Location::BuiltIn(Some(FetchError::NoNetwork(_)))));
    let mirror = good_mirror();
    sources.mirrors = Some(vec![mirror.url.clone()]);
    let found = sources.locate(&MNIST).unwrap();
    assert!(matches!(found, Location::Mirror(url) if url == mirror.url));
    assert!(!mirror.asked().iter().any(|asked| asked.starts_with("GET")), "nothing is fetched");
    assert!(!cache.exists());

    let put = |folder: &Path| {
        fs::create_dir_all(folder).unwrap();
        MNIST.files.iter().for_each(|file| fs::write(folder.join(file.name), "").unwrap());
    };
    put(&cache.join("mnist"));
    let in_cache = sources.locate(&MNIST).unwrap();
    assert!(matches!(in_cache, Location::Folder(folder) if folder == cache.join("mnist")));
    assert!(matches!(sources.locate(&FASHION_MNIST).unwrap(), Location::Mirror(_)));
    let given = place.path().join("given");
    put(&given);
    sources.variable = Some(given.clone());
    assert!(matches!(sources.locate(&MNIST).unwrap(), Location::Folder(folder) if folder == given));
    sources.data = Some("built-in".into());
    assert!(matches!(sources.locate(&MNIST).unwrap(), Location::BuiltIn(None)));
    fs::remove_file(given.join(MNIST.files[2].name)).unwrap();
    sources.data = Some(given);
    let error = sources.locate(&MNIST).unwrap_err().to_string();
    assert!(error.contains("t10k-images-idx3-ubyte of MNIST is missing"), "{error}");
}
