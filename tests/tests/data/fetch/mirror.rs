//! A mirror on this machine that answers as a test tells it to.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A request as far as the tests care.
pub struct Request {
    method: String,
    /// What was asked for, such as "/numbers.gz".
    pub path: String,
    /// First byte asked for, if a range was.
    pub from: Option<usize>,
    /// How many came before it, not counting HEAD.
    pub number: usize,
}

/// A mirror on this machine and what it was asked: "GET" or "GET from 1000".
pub struct Mirror {
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Mirror {
    /// Answers HEAD with success, and all else as `answer` does, each
    /// connection once.
    pub fn new(
        answer: impl Fn(&Request, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, log) = (Arc::new(answer), asked.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (answer, log) = (answer.clone(), log.clone());
                thread::spawn(move || serve(stream.unwrap(), &*answer, &log));
            }
        });
        Self { url, asked }
    }

    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(
    mut stream: TcpStream,
    answer: &impl Fn(&Request, &mut TcpStream) -> io::Result<()>,
    log: &Mutex<Vec<String>>,
) -> Option<()> {
    let mut request = read_request(&stream)?;
    if request.method == "CONNECT" {
        // A proxy: what follows is meant for the mirror, which is also here.
        log.lock().unwrap().push("CONNECT".to_owned());
        write!(stream, "HTTP/1.1 200 OK\r\n\r\n").ok()?;
        request = read_request(&stream)?;
    }
    if request.method == "HEAD" {
        return respond(&mut stream, "200 OK", "", b"").ok();
    }
    {
        let mut log = log.lock().unwrap();
        request.number = log.iter().filter(|line| line.starts_with("GET")).count();
        log.push(match request.from {
            Some(from) => format!("GET from {from}"),
            None => "GET".to_owned(),
        });
    }
    // The client hangs up on what it does not like; that is no failure here.
    answer(&request, &mut stream).ok()
}

fn read_request(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next()?.ok()?;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut from = None;
    for line in lines {
        let line = line.ok()?.to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(range) = line.strip_prefix("range: bytes=") {
            from = range.trim_end_matches('-').parse().ok();
        }
    }
    let number = 0;
    Some(Request { method, path, from, number })
}

/// A whole answer; `headers` end with a line break each.
pub fn respond(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> io::Result<()> {
    promise(stream, status, headers, body.len())?;
    stream.write_all(body)
}

/// The head of an answer whose body shall be `length` bytes long.
pub fn promise(
    stream: &mut TcpStream,
    status: &str,
    headers: &str,
    length: usize,
) -> io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )
}

/// Sends nothing more until the other side gives up.
pub fn wait_for_hang_up(stream: &mut TcpStream) -> io::Result<()> {
    stream.read(&mut [0]).map(drop)
}

/// A mirror over HTTPS at `https://localhost:PORT/` that has `content`, and the
/// certificate that it shows, which it has signed itself, as PEM.
pub fn over_https(content: Vec<u8>) -> (String, String) {
    let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (pem, chain) = (signed.cert.pem(), vec![signed.cert.der().clone()]);
    let key = PrivatePkcs8KeyDer::from(signed.signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key.into())
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("localhost:0").unwrap();
    let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (config, content) = (config.clone(), content.clone());
            thread::spawn(move || -> io::Result<()> {
                let connection = ServerConnection::new(config).map_err(io::Error::other)?;
                let mut stream = StreamOwned::new(connection, stream?);
                let mut request = [0; 4096];
                let n = stream.read(&mut request)?;
                let length = content.len();
                write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n")?;
                if request[..n].starts_with(b"GET") {
                    stream.write_all(&content)?;
                }
                stream.conn.send_close_notify();
                stream.flush()
            });
        }
    });
    (url, pem)
}
