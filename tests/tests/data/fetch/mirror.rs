//! A mirror on this machine that answers as a test tells it to.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request as far as the tests care.
pub struct Request {
    method: String,
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
    let method = lines.next()?.ok()?.split(' ').next()?.to_owned();
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
    Some(Request { method, from, number })
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
